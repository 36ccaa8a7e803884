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

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        family = linux_address_family(bytes)
        var text = [CChar](repeating: 0, count: Int(LINUX_ADDRESS_TEXT_ROOM))
        linux_address_text(bytes, UInt32(bytes.count), &text)
        description = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// An address that needs no look-up; nil for names, and for the rarer forms of addresses.
    private static func inDigits(_ host: String, port: UInt16) -> SSHAddress? {
        var bytes = [UInt8](repeating: 0, count: Int(LINUX_ADDRESS_ROOM))
        let length = linux_address_in_digits(host, port, &bytes)
        return length > 0 ? SSHAddress(Array(bytes.prefix(Int(length)))) : nil
    }

    private static func lookUp(_ host: String, port: UInt16) throws -> [SSHAddress] {
        let room = Int(LINUX_ADDRESS_ROOM)
        var bytes = [UInt8](repeating: 0, count: room * Int(LINUX_ADDRESS_LIMIT))
        var lengths = [UInt32](repeating: 0, count: Int(LINUX_ADDRESS_LIMIT))
        let failure = host.utf8.contains(0) ? EAI_NONAME : linux_resolve(host, port, &bytes, &lengths)
        guard failure == 0 else {
            let reason = String(cString: gai_strerror(failure))
            throw SSHError(
                .unresolved, "resolve", "\(host) does not resolve: \(reason)", number: failure,
                hint: "check the name, and the resolver of this machine")
        }
        return lengths.prefix { $0 > 0 }.enumerated().map { place, length in
            SSHAddress(Array(bytes[place * room..<place * room + Int(length)]))
        }
    }
}
