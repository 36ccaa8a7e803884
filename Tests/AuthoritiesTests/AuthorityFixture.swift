import Certificates
import FleetModel
import Foundation

@testable import Authorities

/// One root with an issuing authority, keys shared by all tests.
enum AuthorityFixture {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let validity = Validity(days: 3650, from: now.addingTimeInterval(-86_400))
    static let keys = (0..<3).map { _ in make { try PrivateKey.generateNow() } }
    static let root = make { try CertificateSigner.makeRoot("Example Root CA", key: caKey, validity: validity) }
    static let issuing = make { try root.makeAuthority("Example Issuing CA", key: caKey, validity: validity) }
    private static let caKey = make { try PrivateKey.generateNow() }

    static func order(_ id: String = "fe-lyon/fe", names: [String] = ["fe01.example.com", "sip.example.com"])
        -> CertificateOrder
    {
        CertificateOrder(
            id: id, pool: "fe-lyon", hosts: ["fe01"], usages: ["Default"], subject: Subject(commonName: names[0]),
            names: names.map { OrderedName($0, origin: "test") }, dropped: [],
            ekus: [ExtendedKeyUsage.serverAuthentication], key: KeySpecification(), authority: "corp", sharing: .host,
            copiesExportable: false)
    }

    static func request(_ order: CertificateOrder = order(), key: Int = 0) -> SigningRequest {
        let request = make {
            try CertificateRequest.make(key: keys[key], subject: order.subject, dnsNames: order.names.map(\.name))
        }
        return SigningRequest(order: order, host: "fe01", run: "r1", request: request.pem)
    }

    static func make<Value>(_ body: () throws -> Value) -> Value {
        do { return try body() } catch { fatalError("\(error)") }
    }
}

/// A folder with one authority in it, and somebody who answers where an answer is waited for.
final class AuthorityFolder: Sendable {
    enum BackEnd: String, CaseIterable, Sendable { case local, dropFolder, command, webEnrollment }

    let url: URL
    let backEnd: BackEnd

    init(_ backEnd: BackEnd) throws {
        self.backEnd = backEnd
        url = FileManager.default.temporaryDirectory.appendingPathComponent("authority-\(UUID())")
        for folder in ["pki", "outbox", "inbox", "issued"] {
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        try AuthorityFixture.issuing.certificate.pem.write(to: file("pki/ca.pem"))
        try Data(AuthorityFixture.issuing.key.pem().revealed).write(to: file("pki/ca.key"))
        try AuthorityFixture.root.certificate.pem.write(to: file("pki/root.pem"))
        try program(Self.clerkProgram)
    }

    /// Keeps requests for the clerk and hands out what he has made of them, as a program of an operator might.
    static let clerkProgram = """
        cd "$(dirname "$0")"
        if [ -e "inbox/$CERTFLEET_REQUEST" ]; then rm -f "outbox/$CERTFLEET_REQUEST.csr"; cat "inbox/$CERTFLEET_REQUEST"
        else cat > "outbox/$CERTFLEET_REQUEST.csr"; echo "the clerk is out" >&2; exit 75; fi
        """

    /// What the authority of kind `command` starts from now on.
    func program(_ text: String) throws {
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: file("ask"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file("ask").path)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ path: String) -> URL { url.appendingPathComponent(path) }

    func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: file(folder).path)) ?? []).sorted()
    }

    /// A router as a new process would make it.
    func router(
        chain: [String] = ["pki/root.pem"], now: Date = AuthorityFixture.now, limit: Duration = .seconds(60)
    ) -> AuthorityRouter {
        let kind: AuthorityDefinition.Kind =
            switch backEnd {
            case .local:
                .local(
                    certificate: file("pki/ca.pem").path, key: file("pki/ca.key").path, days: 730,
                    issued: file("issued").path)
            case .dropFolder: .dropFolder(outbox: file("outbox").path, inbox: file("inbox").path)
            case .command: .command(argv: [file("ask").path, "--quietly"], limit: limit)
            case .webEnrollment:
                .webEnrollment(
                    WebEnrollmentSettings(
                        url: "https://ca.example.com/certsrv", authentication: .basic, user: "op", password: "enroll"))
            }
        let definition = AuthorityDefinition(
            name: "corp", kind: kind, chain: chain.map { file($0).path },
            place: SourcePlace(file: "fleet.yml", line: 1, column: 1))
        let surroundings = AuthoritySurroundings(folder: url.path, stateFolder: file("state").path) { name in
            Secret(text: "sesame of \(name)")
        }
        let connect: WebEnrollmentAuthority.Connect = { [url] (_, password, _) throws(WebError) in
            ClerkPages(folder: url, password: password)
        }
        return AuthorityRouter(
            authorities: ["corp": definition], surroundings: surroundings, connect: connect, now: { now })
    }

    /// Where the back end writes first.
    var firstFolder: String {
        switch backEnd {
        case .local: "issued"
        case .dropFolder: "outbox"
        case .command, .webEnrollment: "state"
        }
    }

    /// The clerk: signs what lies in the outbox and puts the answers into the inbox.
    func answer(as form: AnswerForm = .der) throws {
        guard backEnd != .local else { return }
        for name in names("outbox") where name.hasSuffix(".csr") {
            let request = try CertificateRequest(Data(contentsOf: file("outbox/\(name)")))
            let made = try AuthorityFixture.issuing.sign(request, validity: AuthorityFixture.validity)
            let answer = backEnd == .dropFolder ? "answer-\(UUID()).\(form)" : String(name.dropLast(4))
            try form.bytes(made).write(to: file("inbox/\(answer)"))
        }
    }

    /// Asks until the certificate is there: at once, or after the clerk.
    func issued(_ request: SigningRequest, by router: AuthorityRouter? = nil) async throws -> IssuedCertificate {
        let router = router ?? self.router()
        var outcome = await router.issue(request)
        if case .pending = outcome {
            try answer(as: .pkcs7)
            outcome = await router.issue(request)
        }
        switch outcome {
        case .issued(let certificate): return certificate
        case .denied(let fault), .failed(let fault), .unknown(let fault): throw fault
        case .pending(_, let text): throw Fault("test", .failed, text)
        }
    }
}

enum AnswerForm: String, CaseIterable, Sendable {
    case der, pem, pkcs7

    /// PEM and PKCS#7 carry the issuer, DER cannot.
    func bytes(_ certificate: Certificate) throws -> Data {
        let issuer = AuthorityFixture.issuing.certificate
        switch self {
        case .der: return certificate.der
        case .pem: return CertificateBundle.pem([certificate, issuer])
        case .pkcs7: return try CertificateBundle.pkcs7([issuer, certificate])
        }
    }
}

extension IssueOutcome {
    /// The fault of an outcome that is one, with its case.
    var refusal: (word: String, fault: Fault)? {
        switch self {
        case .denied(let fault): ("denied", fault)
        case .failed(let fault): ("failed", fault)
        case .unknown(let fault): ("unknown", fault)
        case .issued, .pending: nil
        }
    }
}
