import Certificates
import FleetModel
import Foundation
import Glibc
import TLSEndpoint

enum TLSFixture {
    static let validity = Validity(days: 30, from: Date(timeIntervalSince1970: 1_790_000_000))
    static let key = newKey()
    static let root = make { try CertificateSigner.makeRoot("Example Root CA", key: newKey(), validity: validity) }
    static let issuing = make { try root.makeAuthority("Example Issuing CA", key: key, validity: validity) }

    static func certificate(_ name: String) throws -> Certificate {
        try issuing.issue(
            CertificateContent(subject: Subject(commonName: name), dnsNames: [name], validity: validity),
            publicKey: key.publicKey)
    }

    static func identity(_ certificate: Certificate, chain: [Certificate]? = nil) throws -> TLSIdentity {
        TLSIdentity(
            certificate: certificate.der, key: try key.pem(),
            chain: (chain ?? [issuing.certificate]).map(\.der))
    }

    static func newKey() -> PrivateKey { make { try PrivateKey.generateNow() } }

    private static func make<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { fatalError("\(error)") }
    }
}

/// A TCP port that accepts into its backlog and says what it is told, or nothing.
final class PlainPort {
    let descriptor: Int32
    let port: Int

    init(backlog: Int32 = 8) {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutableBytes(of: &address) { raw in
            let pointer = raw.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(made, pointer, size) == 0 && listen(made, backlog) == 0
                && getsockname(made, pointer, &size) == 0
        }
        descriptor = made
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Answers the next connection with these bytes and hangs up.
    func answerOnce(_ text: String) {
        let connected = accept(descriptor, nil, nil)
        _ = send(connected, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        Glibc.close(connected)
    }

    deinit { Glibc.close(descriptor) }
}

/// Runs the `openssl` program, the other side of some tests.
func openssl(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let stdout = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
