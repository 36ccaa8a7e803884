import Certificates
import FleetModel
import FoundationEssentials
import Glibc
import TLSEndpoint

/// What a simulated host shows on a TLS port.
struct TLSAnswer: Sendable {
    var state: HostState
    var type: PoolType
    var log: @Sendable (String) -> Void

    /// Shows what the host's state says at this moment, and closes the connection.
    ///
    /// A port whose service is stopped, or that has nothing to show, closes without a word.
    func serve(_ connection: Int32, usage: String) {
        do {
            if let identity = try identity(for: usage) {
                try TLSVisit.receive(connection, showing: identity)
                return
            }
        } catch {
            log("\(state.folder) (\(usage)): \(error)")
        }
        close(connection)
    }

    /// The certificate with those above it that the host's own store holds, as Windows sends them; not the root.
    func identity(for usage: String) throws -> TLSIdentity? {
        guard let thumbprint = try state.shown(usage, type: type),
            let entry = try state.store(.my).entry(thumbprint), let key = entry.key
        else { return nil }
        var known = try state.store(.intermediate).entries().map { try Certificate($0.certificate) }
        var chain: [Data] = []
        var last = try Certificate(entry.certificate)
        while let index = known.firstIndex(where: { last.isSigned(by: $0) }) {
            // Each once: two that signed each other would lead in circles.
            last = known.remove(at: index)
            chain.append(last.der)
        }
        return TLSIdentity(certificate: entry.certificate, key: key, chain: chain)
    }
}
