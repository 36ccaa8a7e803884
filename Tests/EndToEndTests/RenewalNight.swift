import Foundation
import TestSupport

/// One night on the thirteen servers of the example, played once; the tests look at what it left.
struct RenewalNight: Sendable {
    var before: FolderTree
    var rollout: ProgramResult
    var push: ProgramResult
    var renew: ProgramResult
    var shown: LabShown
    var served: [ServedCertificate]
    /// Host → usage → thumbprint.
    var usages: [String: [String: String]]
    var after: FolderTree
    /// The certificates of all stores and issued folders, by path.
    var certificates: [String: CertificateFile]
    var secondRenew: ProgramResult
    var afterSecond: FolderTree
    /// Host → lines of `agents.log` after the rollout alone.
    var rolloutAgents: [String: [String]]

    private static let once = Task { try await LabProject.up { try await play($0) } }

    /// The night; the first caller waits until it is over.
    static func played() async throws -> RenewalNight { try await once.value }

    private static func play(_ lab: LabProject) async throws -> RenewalNight {
        let before = try lab.tree()
        let shown = try await lab.show()
        let rollout = try await lab.run("rollout", "fe-lyon", "--yes")
        var agents: [String: [String]] = [:]
        for host in shown.hosts { agents[host.name] = try lab.agents(host.name) }
        let push = try await lab.run("push", "edge-lyon/edge-av", "--yes")
        let renew = try await lab.run("renew", "--yes")
        let served = try await look(shown, lab)
        let after = try lab.tree()
        var usages: [String: [String: String]] = [:]
        for host in shown.hosts { usages[host.name] = try lab.usages(host.name) }
        var certificates: [String: CertificateFile] = [:]
        for (path, data) in after.files
        where path.hasSuffix(".cer") && (path.contains("/My/") || path.contains("/issued/")) {
            certificates[path] = try await CertificateFile.read(data, in: lab)
        }
        let second = try await lab.run("renew", "--yes")
        return RenewalNight(
            before: before, rollout: rollout, push: push, renew: renew, shown: shown, served: served, usages: usages,
            after: after, certificates: certificates, secondRenew: second, afterSecond: try lab.tree(),
            rolloutAgents: agents)
    }

    private static func look(_ shown: LabShown, _ lab: LabProject) async throws -> [ServedCertificate] {
        let root = lab.folder["root.pem"]
        _ = try await lab.tool("openssl", "x509", "-inform", "DER", "-in", "\(lab.path)/\(shown.root)", "-out", root)
        var served: [ServedCertificate] = []
        for host in shown.hosts {
            for port in host.tls {
                let name =
                    host.pool.hasPrefix("edge")
                    ? port.usage == "Internal" ? "edgepool.dmz.example.com" : "sip.example.com" : host.fqdn
                served.append(try await .look(port, of: host, root: root, name: name, in: lab))
            }
        }
        return served
    }
}
