#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import Dispatch
package import FleetModel

/// Looks at the certificate that a TLS port shows, and judges nothing.
///
/// It speaks TLS 1.0 and later with any cipher and key length, because servers that were never patched speak nothing
/// newer; no data is sent over what it opens. Probes share one queue, looking up names has threads of its own.
package struct TLSProbe: EndpointProbing {
    private let rootSubjects: Set<Data>

    /// - Parameter rootSubjects: Names of trusted roots (DER), to tell a complete chain from one that lacks an issuer.
    ///   Without them a chain counts as complete when it holds at least the certificate's issuer.
    package init(rootSubjects: [Data] = []) {
        self.rootSubjects = Set(rootSubjects)
    }

    /// - Throws: ``Fault`` `probe.unreachable`, `probe.no-certificate` or `probe.timed-out`.
    package func probe(
        address: String, port: Int, serverName: String, deadline: Duration
    ) async throws -> ProbeFinding {
        let certificates = try await ProbeAttempt.run(
            address: address, port: port, serverName: serverName, deadline: deadline)
        return try finding(certificates, at: "\(address) port \(port)")
    }

    private func finding(_ certificates: [Data], at place: String) throws -> ProbeFinding {
        do {
            let sent = try certificates.map { try PeerCertificate(der: $0) }
            guard let leaf = sent.first else { throw TLSError(.handshake, "it shows no certificate") }
            return ProbeFinding(
                thumbprint: leaf.thumbprint, dnsNames: leaf.dnsNames, notAfter: leaf.notAfter,
                sendsChain: Self.isComplete(sent, rootSubjects: rootSubjects))
        } catch {
            throw Fault("probe.no-certificate", .failed, "\(place) shows no readable certificate: \(error)")
        }
    }

    /// Follows the issuers among the certificates that were sent, the leaf first.
    static func isComplete(_ sent: [PeerCertificate], rootSubjects: Set<Data>) -> Bool {
        guard var current = sent.first else { return false }
        var rest = Array(sent.dropFirst())
        while current.subject != current.issuer {
            guard let next = rest.firstIndex(where: { $0.subject == current.issuer }) else {
                return rootSubjects.isEmpty ? rest.count < sent.count - 1 : rootSubjects.contains(current.issuer)
            }
            current = rest.remove(at: next)
        }
        return true
    }
}
