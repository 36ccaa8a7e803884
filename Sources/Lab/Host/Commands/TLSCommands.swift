import Certificates
import FleetModel
import FoundationEssentials
import TLSEndpoint

/// What the host's own TLS ports show.
enum TLSCommands {
    static let table: [String: Command] = ["Get-TlsCertificate": { try await look($0) }]

    /// Asks the host's ports on 127.0.0.1, where the lab serves them: the product's port number stands for each port
    /// that plays it, on whatever address of a real server.
    private static func look(_ context: CommandContext) async throws -> [CommandResult] {
        let port = context.arguments.integer("Port") ?? 0
        let address = context.arguments.text("Address") ?? context.host.fqdn
        let ports = context.host.ports.filter { $0.port == port || $0.standard == port }.map(\.port)
        let name = context.arguments.text("ServerName") ?? address
        var shown: [CommandResult] = []
        var problem = "nothing listens there"
        for port in Set(ports).sorted() {
            do {
                let finding = try await TLSProbe().probe(
                    address: "127.0.0.1", port: port, serverName: name,
                    deadline: .seconds(context.arguments.integer("TimeoutSeconds") ?? 15))
                shown.append(.object(try properties(finding, context)))
            } catch let fault as Fault {
                problem = fault.message
            }
        }
        guard !shown.isEmpty else {
            throw CommandFailure.ours(
                "NoTls", "no address of this server shows a certificate on port \(port): \(problem)",
                target: String(port))
        }
        return shown
    }

    /// What the port showed, and what the host's own store knows of that certificate.
    private static func properties(
        _ finding: ProbeFinding, _ context: CommandContext
    ) throws -> [String: JSONValue] {
        var properties: [String: JSONValue] = [
            "Thumbprint": .string(finding.thumbprint), "DnsNames": .texts(finding.dnsNames),
            "NotAfter": .date(finding.notAfter), "Protocol": .string("Tls12"), "HandshakeProblem": .null,
        ]
        if let entry = try context.ownEntry(finding.thumbprint) {
            let known = CertificateFacts.properties(try Certificate(entry.certificate), entry: entry, raw: true)
            properties.merge(known) { shown, _ in shown }
        }
        return properties
    }
}
