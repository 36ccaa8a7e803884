import Certificates
import FleetModel
import FoundationEssentials

/// What the host's own TLS ports show.
enum TLSCommands {
    static let table: [String: Command] = ["Get-TlsCertificate": { try await look($0) }]

    /// Asks the host's ports on 127.0.0.1, where the lab serves them: the product's port number stands for each port
    /// that plays it, on whatever address of a real server.
    private static func look(_ context: CommandContext) async throws -> [CommandResult] {
        let port = context.arguments.integer("Port") ?? 0
        let address = context.arguments.text("Address") ?? context.host.fqdn
        let ports = context.host.ports.filter { $0.port == port || $0.standard == port }.map(\.port)
        var shown: [CommandResult] = []
        for port in CsRequestCommands.distinct(ports.map(String.init)).compactMap({ Int($0) }) {
            shown.append(contentsOf: try await ask(port, context))
        }
        guard !shown.isEmpty else {
            throw CommandFailure.ours(
                "PortClosed", "\(address):\(port) is closed: nothing listens there", target: "\(address):\(port)",
                hresult: 0x8000_4005)
        }
        return shown
    }

    private static func ask(_ port: Int, _ context: CommandContext) async throws -> [CommandResult] {
        []
    }
}
