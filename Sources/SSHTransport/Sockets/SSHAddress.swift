import CLinux
import Glibc

/// One address of a host with its port, as the system's resolver gave it.
package struct SSHAddress: Hashable, Sendable, CustomStringConvertible {
    /// The bytes of a `sockaddr`.
    let bytes: [UInt8]
    let family: Int32
    /// In digits: `192.0.2.1:22`, `[2001:db8::1]:22`.
    package let description: String

    /// Asks the system's resolver, on a queue of its own, and returns all addresses in its order.
    ///
    /// - Parameter host: A name, or an address in digits.
    /// - Throws: ``SSHError`` with code `unresolved`.
    package nonisolated(nonsending) static func resolve(_ host: String, port: UInt16) async throws -> [SSHAddress] {
        if let address = inDigits(host, port: port) { return [address] }
        return try await BlockingWork.names.run { try lookUp(host, port: port) }
    }

    /// An address that needs no look-up; nil for names, and for the rarer forms of addresses.
    private static func inDigits(_ host: String, port: UInt16) -> SSHAddress? {
        var old = sockaddr_in()
        old.sin_family = sa_family_t(AF_INET)
        old.sin_port = port.bigEndian
        if inet_pton(AF_INET, host, &old.sin_addr) == 1 {
            return SSHAddress(
                bytes: withUnsafeBytes(of: old, Array.init), family: AF_INET, description: "\(host):\(port)")
        }
        var new = sockaddr_in6()
        new.sin6_family = sa_family_t(AF_INET6)
        new.sin6_port = port.bigEndian
        guard inet_pton(AF_INET6, host, &new.sin6_addr) == 1 else { return nil }
        return SSHAddress(
            bytes: withUnsafeBytes(of: new, Array.init), family: AF_INET6, description: "[\(host)]:\(port)")
    }

    private static func lookUp(_ host: String, port: UInt16) throws -> [SSHAddress] {
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        wanted.ai_flags = AI_NUMERICSERV
        var first: UnsafeMutablePointer<addrinfo>?
        let failure = host.utf8.contains(0) ? EAI_NONAME : getaddrinfo(host, String(port), &wanted, &first)
        guard failure == 0 else {
            let reason = String(cString: gai_strerror(failure))
            throw SSHError(
                .unresolved, "resolve", "\(host) does not resolve: \(reason)", number: failure,
                hint: "check the name, and the resolver of this machine")
        }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).compactMap { entry in
            guard let info = entry?.pointee, let address = info.ai_addr else { return nil }
            let bytes = UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen))
            return SSHAddress(
                bytes: Array(bytes), family: info.ai_family,
                description: inDigits(address, info.ai_addrlen, isIPv6: info.ai_family == AF_INET6))
        }
    }

    private static func inDigits(_ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t, isIPv6: Bool) -> String
    {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: 32)
        let failure = getnameinfo(
            address, length, &host, socklen_t(host.count), &port, socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV
        )
        guard failure == 0 else { return "?" }
        let (digits, number) = (text(host), text(port))
        return isIPv6 ? "[\(digits)]:\(number)" : "\(digits):\(number)"
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
