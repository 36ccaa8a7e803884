import FleetModel
import Foundation
import Synchronization

/// What the pretend world knows of a certificate.
struct Minted: Sendable {
    var thumbprint: String
    /// Names the key pair; whoever holds the same one holds the same key.
    var key: String
    var names: [String]
    var subject: String

    var bytes: Data { Data("cert|\(thumbprint)".utf8) }
}

/// All certificates of the pretend world.
final class CertificateBook: Sendable {
    private let known = Mutex<[String: Minted]>([:])

    func add(_ minted: Minted) { known.withLock { $0[minted.thumbprint] = minted } }

    func find(_ bytes: Data) -> Minted? {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "|")
        guard parts.count == 2, parts[0] == "cert" else { return nil }
        return known.withLock { $0[String(parts[1])] }
    }

    func find(thumbprint: String) -> Minted? { known.withLock { $0[thumbprint] } }

    /// What stands in the Central Management store, and whose replica takes nothing up.
    struct Central: Sendable {
        var assigned: [String: String] = [:]
        var late: Set<String> = []
        var stuck: Set<String> = []
        var asked: [String] = []
    }

    private let store = Mutex(Central())

    var central: Central { store.withLock { $0 } }

    func changeCentral(_ body: (inout Central) -> Void) { store.withLock { body(&$0) } }
}

/// An authority that answers as it is told. A key it has signed for gets the same certificate again.
actor ScriptedIssuer: CertificateIssuing {
    let book: CertificateBook
    /// Order ids that wait, or are refused.
    var pending: Set<String> = []
    var denied: Set<String> = []
    /// Certificate key → how many different certificates were issued.
    private(set) var issued: [String: Int] = [:]
    private var answers: [String: IssuedCertificate] = [:]

    init(book: CertificateBook) { self.book = book }

    func rest(_ orders: Set<String>) { pending = orders }
    func deny(_ orders: Set<String>) { denied = orders }

    func issue(_ request: SigningRequest) async -> IssueOutcome {
        let order = request.order
        if denied.contains(order.id) { return .denied(Fault("authority.denied", .failed, "denied by policy")) }
        if pending.contains(order.id) { return .pending(id: "1", text: "waits for the clerk") }
        let parts = String(decoding: request.request, as: UTF8.self).split(separator: "|").map(String.init)
        guard parts.count == 2, parts[0] == "request" else {
            return .failed(Fault("authority.request", .failed, "no request"))
        }
        if let answer = answers[parts[1]] { return .issued(answer) }
        issued[order.certificateKey, default: 0] += 1
        let thumbprint = "NEW\(issued[order.certificateKey] ?? 0)-\(order.certificateKey)".uppercased()
        let minted = Minted(
            thumbprint: thumbprint, key: parts[1], names: order.names.map(\.name), subject: order.subject.commonName)
        book.add(minted)
        let answer = IssuedCertificate(certificate: minted.bytes, chain: [], thumbprint: thumbprint, serial: "01")
        answers[parts[1]] = answer
        return .issued(answer)
    }
}

/// Believes every answer but those it is told not to; a signature must be the certificate's key's.
struct ScriptedChecker: CertificateChecking {
    let book: CertificateBook
    var refused: Set<String> = []

    func check(certificate: Data, chain: [Data], request: Data, order: CertificateOrder, now: Date) async throws {
        if refused.contains(order.id) || book.find(certificate) == nil {
            throw Fault("certificate.differs", .failed, "the answer differs from the request")
        }
    }

    func checkSignature(_ signature: Data, of nonce: Data, hash: String, certificate: Data) async throws {
        let expected = "signature|\(book.find(certificate)?.key ?? "")|\(nonce.base64EncodedString())"
        guard signature == Data(expected.utf8), hash == "SHA256" else {
            throw Fault("certificate.key-not-proven", .failed, "the signature is not the key's")
        }
    }
}

/// Sees what the pretend servers serve.
struct ScriptedProber: EndpointProbing {
    let servers: [FakeServer]

    func probe(address: String, port: Int, serverName: String, deadline: Duration) async throws -> ProbeFinding {
        for server in servers {
            guard let thumbprint = await server.served(address: address, port: port) else { continue }
            return ProbeFinding(thumbprint: thumbprint, dnsNames: [], notAfter: .distantFuture, sendsChain: true)
        }
        throw Fault("probe.refused", .unreachable, "\(address):\(port) refuses")
    }
}

/// Brings each secret as its own name.
struct NamedSecrets: SecretResolving {
    func secret(_ name: String) async throws -> Secret { Secret(text: name) }
}
