import Foundation
import TestSupport
import Testing

/// A lab whose hosts stand behind a real OpenSSH server, or behind two.
struct BastionTests {
    private struct Gates {
        let outer: LoopbackSSHServer
        let inner: LoopbackSSHServer

        init() async throws {
            outer = try await LoopbackSSHServer()
            inner = try await LoopbackSSHServer()
        }
    }

    /// Puts every host of the lab behind `inner`, and that behind `outer`; pins the keys of both, or of the first alone.
    private func install(_ gates: Gates, in lab: LabProject, pinned: Bool = true) async throws {
        let outerKey = try await gates.outer.makeClientKey("key")
        let innerKey = try await gates.inner.makeClientKey("key")
        try lab.editInventory { text in
            text = text.replacing(
                "\nsites:\n",
                with: """

                    bastions:
                      outer: { address: 127.0.0.1, port: \(gates.outer.port), user: \(gates.outer.user), key: \(outerKey) }
                      inner: { address: 127.0.0.1, port: \(gates.inner.port), user: \(gates.inner.user), key: \(innerKey), bastion: outer }
                    sites:

                    """)
            text = text.replacing(
                "            ssh:\n", with: "            ssh:\n              bastion: inner\n")
        }
        let lines = try gates.outer.knownHostsLine() + (pinned ? gates.inner.knownHostsLine() : "")
        try lab.folder.write(try lab.folder.read("lab/known_hosts") + lines, to: "lab/known_hosts")
    }

    @Test func `hosts behind two bastions are renewed over one connection to each`() async throws {
        try await LabProject.up("two") { lab in
            let gates = try await Gates()
            try await install(gates, in: lab)
            let before = try ["fe01", "fe02"].map(lab.usages)
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            #expect(zip(before, try ["fe01", "fe02"].map(lab.usages)).allSatisfy { $0 != $1 })
            #expect(gates.outer.connectionCount == 1)
            #expect(gates.inner.connectionCount == 1)
            let doctor = try await lab.run("doctor")
            #expect(doctor.code == 0, "\(doctor)")
            #expect(gates.outer.connectionCount == 2)
        }
    }

    @Test func `a bastion that is gone is named on every host behind it`() async throws {
        try await LabProject.up("two") { lab in
            let gates = try await Gates()
            try await install(gates, in: lab)
            gates.outer.stopListening()
            let doctor = try await lab.run("doctor")
            #expect(doctor.code == 4, "\(doctor)")
            for host in ["fe01", "fe02"] {
                #expect(
                    doctor.errors.contains(
                        "\(host): the bastion outer: nothing listens on 127.0.0.1:\(gates.outer.port) [ssh.bastion-refused]"
                    ), "\(doctor)")
            }
        }
    }

    @Test func `a bastion that is lost for good in the middle is named on each host`()
        async throws
    {
        try await LabProject.up("two") { lab in
            let gates = try await Gates()
            try await install(gates, in: lab)
            for host in ["fe01", "fe02"] { try await lab.fault(host, "late", ["--at", "request"]) }
            let run = try lab.start("renew", "--yes")
            for _ in 0..<2 { await run.line(with: "folder: private folder") }
            gates.outer.stopListening()
            gates.outer.killConnections()
            let ended = try await run.ended()
            #expect(ended.code == 4, "\(ended)")
            for host in ["fe01", "fe02"] {
                #expect(
                    ended.errors.contains(
                        "\(host)     failed: the bastion outer (127.0.0.1) was lost: connection lost"),
                    "\(host): \(ended)")
            }
            #expect(ended.errors.contains("[ssh.bastion-lost]"))
        }
    }

    @Test func `a bastion that comes back is joined again, once for all`() async throws {
        try await LabProject.up("two") { lab in
            let gates = try await Gates()
            try await install(gates, in: lab)
            let before = try ["fe01", "fe02"].map(lab.usages)
            try await lab.fault("fe01", "late", ["--at", "assign", "--times", "1"])
            let run = try lab.start("renew", "--yes")
            await run.line(with: "switch begins")
            gates.inner.killConnections()
            let ended = try await run.ended()
            #expect(ended.code == 0, "\(ended)")
            #expect(zip(before, try ["fe01", "fe02"].map(lab.usages)).allSatisfy { $0 != $1 })
            #expect(gates.outer.connectionCount == 1)
            #expect(gates.inner.connectionCount == 2)
        }
    }

    @Test func `a bastion's key is scanned, approved and checked like a host's, and through the other one`()
        async throws
    {
        try await LabProject.up("two") { lab in
            let gates = try await Gates()
            try await install(gates, in: lab, pinned: false)
            let unknown = try await lab.run("hostkeys", "check", "fe01")
            #expect(unknown.code == 4, "\(unknown)")
            #expect(unknown.errors.contains("fe01: the bastion inner: the host key of"), "\(unknown)")
            #expect(unknown.errors.contains("[ssh.bastion-host-key-unknown]"))
            #expect(unknown.errors.contains(" hostkeys approve inner"))

            let scan = try await lab.run("hostkeys", "scan", "inner")
            #expect(scan.code == 0, "\(scan)")
            let fingerprint = try #require(
                scan.output.split(separator: "\n").first { $0.hasPrefix("inner  ssh-ed25519") }?
                    .split(separator: " ").last)
            let approve = try await lab.run("hostkeys", "approve", "inner", "--fingerprint", String(fingerprint))
            #expect(approve.code == 0, "\(approve)")
            let check = try await lab.run("hostkeys", "check")
            #expect(check.code == 0, "\(check)")
            for name in ["outer", "inner", "fe01", "fe02"] { #expect(check.output.contains("\(name)  pinned")) }
        }
    }
}
