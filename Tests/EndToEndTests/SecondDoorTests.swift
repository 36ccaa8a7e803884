import Foundation
import TestSupport
import Testing

/// A lab reached by the system's `ssh` program.
struct SecondDoorTests {
    private func change(_ lab: LabProject, to words: String) throws {
        try lab.editInventory {
            $0 = $0.replacing("            ssh:\n", with: "            ssh:\n              \(words)\n")
        }
    }

    @Test func `hosts with transport ssh are looked at, scanned and renewed`() async throws {
        try await LabProject.up("two") { lab in
            try change(lab, to: "transport: ssh")
            let doctor = try await lab.run("doctor")
            #expect(doctor.code == 0, "\(doctor)")
            let check = try await lab.run("hostkeys", "check")
            #expect(check.code == 0, "\(check)")
            let before = try ["fe01", "fe02"].map(lab.usages)
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            #expect(zip(before, try ["fe01", "fe02"].map(lab.usages)).allSatisfy { $0 != $1 })
        }
    }

    /// Puts a bastion before all hosts; its key is not pinned.
    private func addGate(_ lab: LabProject) async throws -> LoopbackSSHServer {
        let gate = try await LoopbackSSHServer()
        let key = try await gate.makeClientKey("key")
        try change(lab, to: "transport: ssh\n              bastion: gate")
        try lab.editInventory {
            $0 = $0.replacing(
                "\nsites:\n",
                with:
                    "\nbastions:\n  gate: { address: 127.0.0.1, port: \(gate.port), user: \(gate.user), key: \(key) }\nsites:\n"
            )
        }
        return gate
    }

    private func pin(_ gate: LoopbackSSHServer, _ lab: LabProject) throws {
        try lab.folder.write(try lab.folder.read("lab/known_hosts") + gate.knownHostsLine(), to: "lab/known_hosts")
    }

    @Test func `a command joins a bastion once for all hosts, and leaves it when it ends or is killed`() async throws {
        try await LabProject.up("two") { lab in
            let gate = try await addGate(lab)
            try pin(gate, lab)
            let doctor = try await lab.run("doctor")
            #expect(doctor.code == 0, "\(doctor)")
            #expect(gate.connectionCount == 1)
            try await gate.connectionsEnded()

            for host in ["fe01", "fe02"] { try await lab.fault(host, "late", ["--at", "request", "--times", "1"]) }
            let run = try lab.start("renew", "--yes")
            for _ in 0..<2 { await run.line(with: "folder: private folder") }
            #expect(gate.connectionCount == 2)
            run.signal(SIGKILL)
            _ = try await run.ended()
            try await gate.connectionsEnded()
        }
    }

    @Test func `behind a bastion too, and a bastion that is lost is named on each host`() async throws {
        try await LabProject.up("two") { lab in
            let gate = try await addGate(lab)
            let unpinned = try await lab.run("doctor")
            #expect(unpinned.code == 77, "\(unpinned)")
            #expect(unpinned.errors.contains("fe01: the bastion gate: the host key of"), "\(unpinned)")
            #expect(unpinned.errors.contains("[ssh.bastion-host-key-unknown]"))
            try pin(gate, lab)

            for host in ["fe01", "fe02"] { try await lab.fault(host, "late", ["--at", "request", "--times", "1"]) }
            let run = try lab.start("renew", "--yes")
            for _ in 0..<2 { await run.line(with: "folder: private folder") }
            gate.stopListening()
            gate.killConnections()
            let ended = try await run.ended()
            #expect(ended.code == 4, "\(ended)")
            for host in ["fe01", "fe02"] {
                #expect(ended.errors.contains("\(host)     failed: the bastion gate"), "\(host): \(ended)")
            }
        }
    }

    @Test func `nothing pinned is told apart from a wrong key, by this door and the other`() async throws {
        try await LabProject.up("two") { lab in
            for isSecond in [false, true] {
                if isSecond { try change(lab, to: "transport: ssh") }
                let pins = try lab.folder.read("lab/known_hosts")
                defer { _ = try? lab.folder.write(pins, to: "lab/known_hosts") }
                let lines = pins.split(separator: "\n").map(String.init)
                let keys = lines.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
                try lab.folder.write(lines[0] + "\n", to: "lab/known_hosts")
                let missing = try await lab.run("hostkeys", "check")
                #expect(missing.code == 66, "\(missing)")
                #expect(missing.output.contains("fe01  pinned") && missing.output.contains("fe02  not pinned, shows"))
                #expect(missing.errors.contains("fe02: nothing is pinned to check against"), "\(missing)")
                // Each other's keys.
                let swapped = [(0, 1), (1, 0)].map { "\(lines[$0].split(separator: " ")[0]) \(keys[$1])\n" }
                try lab.folder.write(swapped.joined(), to: "lab/known_hosts")
                let wrong = try await lab.run("hostkeys", "check")
                #expect(wrong.code == 77, "\(wrong)")
                let doctor = try await lab.run("doctor")
                #expect(doctor.code == 77, "\(doctor)")
                #expect(doctor.errors.contains("[ssh.host-key-changed]"), "\(doctor)")
            }
        }
    }
}
