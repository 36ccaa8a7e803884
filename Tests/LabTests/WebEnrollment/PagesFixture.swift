import Authorities
import Certificates
import Dispatch
import FleetModel
import FoundationEssentials

@testable import Lab

/// A lab's authority with web pages on a port, and certfleet's own client for it.
final class PagesFixture: Sendable {
    let scratch: ScratchFolder
    let folder: LabFolder
    let definition: AuthorityDefinition
    let port: Int
    private let door: Door

    init(_ authentication: WebEnrollmentSettings.Authentication = .ntlm) async throws {
        scratch = try ScratchFolder()
        let path = scratch.path + "/lab"
        var source = SampleFleet.source()
        source.inventory.pools = []
        source.orders = []
        let pages = WebEnrollmentSettings(
            url: "https://ca.example.com/certsrv", template: "WebServer", authentication: authentication,
            user: "CORP\\op", password: "edge")
        source.inventory.authorities["corp"]?.kind = .webEnrollment(pages)
        try await LabFleet.create(in: path, from: source)
        folder = try LabFolder(existing: path)
        let server = try EnrollmentServer(folder: folder, authority: "corp", log: { _ in })
        door = try Door(port: nil, for: "corp", on: DispatchQueue(label: "pages")) { server.serve($0) }
        try door.open()
        port = door.port
        var site = try WebSiteRecord.read("corp", in: folder)
        site.port = port
        try site.write("corp", in: folder)
        let inside = try LabFleet.inventory(source.inventory, in: path)
        guard let corp = inside.authorities["corp"] else { throw LabError(.unknown, "no corp") }
        definition = corp
    }

    func set(_ faults: WebFault...) throws {
        for fault in faults { try LabWebAuthority.set(fault.rawValue, on: "corp", folder: folder.path) }
    }

    var requests: [WebRequestRecord] {
        get throws { try WebCA(folder: folder, authority: "corp").all() }
    }

    var password: Secret {
        get throws { Secret(try StateFile.read(folder.webPassword("corp")) ?? Data()) }
    }

    /// As a new process would make it.
    func router(
        password: Secret? = nil, user: String? = nil, days: Int = 0,
        authentication: WebEnrollmentSettings.Authentication? = nil, trust: String? = nil,
        submitLimit: Duration = .seconds(120)
    ) throws -> AuthorityRouter {
        var definition = definition
        if case .webEnrollment(var pages) = definition.kind {
            if let authentication { pages.authentication = authentication }
            if let user { pages.user = user }
            if let trust { pages.trustFile = trust }
            definition.kind = .webEnrollment(pages)
        }
        let password = try password ?? self.password
        return AuthorityRouter(
            authorities: ["corp": definition],
            surroundings: AuthoritySurroundings(
                folder: scratch.path, stateFolder: scratch.path + "/state", submitLimit: submitLimit,
                secret: { _ in password }),
            now: { Date().addingTimeInterval(Double(days) * 86_400) })
    }

    static let key = PrivateKeyBox()

    static func request(_ names: [String] = ["fe01.example.com", "sip.example.com"]) throws -> SigningRequest {
        let order = SampleFleet.order("fe", pool: "fe", hosts: ["fe01"], usages: ["Default"], names: names)
        let request = try CertificateRequest.make(
            key: try key.key.get(), subject: order.subject, dnsNames: order.names.map(\.name))
        return SigningRequest(order: order, host: "fe01", run: "r1", request: request.pem)
    }
}

/// One key for all tests.
struct PrivateKeyBox: Sendable {
    let key = Result { try PrivateKey.generateNow(.p256) }
}

extension IssueOutcome {
    var word: String {
        switch self {
        case .issued: "issued"
        case .pending: "pending"
        case .denied: "denied"
        case .failed: "failed"
        case .unknown: "unknown"
        }
    }

    var fault: Fault? {
        switch self {
        case .denied(let fault), .failed(let fault), .unknown(let fault): fault
        case .issued, .pending: nil
        }
    }
}
