import Certificates
import FleetModel
import Foundation

/// Keys and authorities that all tests share: generating a key is what takes time.
enum Fixture {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let validity = Validity(days: 730, from: now)
    static let rootKey = key()
    static let issuingKey = key()
    static let hostKey = key()
    static let otherKey = key()
    static let root = make { try CertificateSigner.makeRoot("Example Root CA", key: rootKey, validity: validity) }
    static let issuing = make {
        try root.makeAuthority(
            "Example Issuing CA", key: issuingKey, validity: validity, revocationList: "http://crl.example.com/root.crl"
        )
    }
    static let names = ["fe01.corp.example.com", "fepool1.corp.example.com", "webint1.corp.example.com"]
    static let subject = Subject(
        commonName: "fepool1.corp.example.com",
        organization: Organization(name: "Example, Inc", unit: "IT", locality: "Lyon", state: "Rhone", country: "FR"))
    static let request = make { try CertificateRequest.make(key: hostKey, subject: subject, dnsNames: names) }
    static let leaf = make {
        try issuing.sign(request, validity: validity, revocationList: "http://crl.example.com/issuing.crl")
    }

    static func order(
        names: [String] = names, bits: Int = 2048, ekus: [String] = [ExtendedKeyUsage.serverAuthentication]
    ) -> CertificateOrder {
        CertificateOrder(
            id: "fe-lyon/fe", pool: "fe-lyon", hosts: ["fe01"], usages: ["Default"], subject: subject,
            names: names.map { OrderedName($0, origin: "test") }, dropped: [], ekus: ekus,
            key: KeySpecification(bits: bits), authority: "corp", sharing: .host, copiesExportable: false)
    }

    private static func key() -> PrivateKey { make { try PrivateKey.generateNow() } }

    private static func make<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { fatalError("\(error)") }
    }
}

/// Runs the `openssl` program, the other side of some tests.
func openssl(_ arguments: [String], input: Data = Data()) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let (stdin, stdout) = (Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stdout
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: input)
    try stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
