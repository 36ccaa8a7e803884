import Certificates
import CmdletSignatures
import FleetModel
import FoundationEssentials
import Templates

import AgentProtocol
@testable import Lab

/// An authority with root and issuing certificate, and a few keys, made once for all tests of this room.
enum TestAuthority {
    static let root = try! CertificateSigner.makeRoot(
        "Example Root", key: try! .generateNow(), validity: Validity(days: 3_650, from: Date()))
    static let issuing = try! root.makeAuthority(
        "Example Issuing", key: try! .generateNow(), validity: Validity(days: 1_825, from: Date()))
    static let stranger = try! CertificateSigner.makeRoot(
        "Strange Root", key: try! .generateNow(), validity: Validity(days: 3_650, from: Date()))
    static let serverKey = try! PrivateKey.generateNow()

    static func certificate(
        _ name: String, key: PrivateKey = serverKey, days: Int = 90, by signer: CertificateSigner = issuing
    ) -> Certificate {
        try! signer.issue(
            CertificateContent(
                subject: Subject(commonName: name), dnsNames: [name], validity: Validity(days: days, from: Date())),
            publicKey: key.publicKey)
    }
}

/// One simulated host in a folder of its own, and calls to it without a wire.
struct LabBench {
    let scratch: ScratchFolder
    let state: HostState
    let host: HostIdentity

    static let signatures = try! SignatureTable(
        texts: Templates.paths(below: "signatures").map { Templates.text($0)! })

    init(_ type: PoolType, _ version: ProductVersion = .v2019, trusts: Bool = true) throws {
        scratch = try ScratchFolder()
        host = HostIdentity(
            name: "h1", fqdn: "h1.corp.example.com", pool: "p",
            poolFQDN: type.isExchange || type == .standardEdition ? "h1.corp.example.com" : "pool.corp.example.com",
            type: type, version: version, members: ["h1.corp.example.com", "h2.corp.example.com"],
            accessFQDN: "sip.example.com", webConferencingFQDN: "webconf.example.com")
        state = try HostState.create(scratch.path + "/h1", identity: host)
        guard trusts else { return }
        let (root, issuing) = (TestAuthority.root.certificate, TestAuthority.issuing.certificate)
        try state.store(.root).add(StoreEntry(thumbprint: root.thumbprint, certificate: root.der))
        try state.store(.intermediate).add(StoreEntry(thumbprint: issuing.thumbprint, certificate: issuing.der))
    }

    /// Puts a certificate with the shared key into `My`.
    @discardableResult
    func hold(_ certificate: Certificate, key: PrivateKey? = TestAuthority.serverKey, exportable: Bool = false) throws
        -> String
    {
        try state.store(.my).add(
            StoreEntry(
                thumbprint: certificate.thumbprint, certificate: certificate.der, key: try key?.pem(),
                friendlyName: "seed", exportable: exportable))
        return certificate.thumbprint
    }

    func call(
        _ command: String, _ parameters: [(String, TypedValue)] = [], select: [String] = [], snapins: Set<String> = []
    ) async -> Done {
        let run = CallRun(
            invocation: .init(
                id: "s", command: command, parameters: parameters.map { (name: $0.0, value: $0.1) }, select: select,
                limit: .seconds(60)),
            state: state, host: host, signatures: Self.signatures, snapins: snapins, now: Date())
        return await run.perform().done
    }

    /// With the Exchange snap-in of the host's version.
    func exchange(_ command: String, _ parameters: [(String, TypedValue)] = [], select: [String] = []) async -> Done {
        await call(
            command, parameters, select: select, snapins: [host.version.module(for: host.type).name.lowercased()])
    }
}

extension Done {
    var first: JSONValue? { out.first }
    var errorID: String? { errors.first?.id }
    var hresult: String? { errors.first?.exceptions.last?.hresult }
}
