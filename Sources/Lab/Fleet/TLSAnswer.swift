import FleetModel
import Glibc

/// What a simulated host shows on a TLS port.
struct TLSAnswer: Sendable {
    var state: HostState
    var type: PoolType
    var log: @Sendable (String) -> Void

    func serve(_ connection: Int32, usage: String) {
        close(connection)
    }
}
