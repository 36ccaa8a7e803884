import ChildProcess
import FleetModel
import FoundationEssentials
import Glibc
import Testing

@testable import Lab

/// The lab with its real ports, in this process.
@Suite(.serialized) struct LabServerTests {
    let scratch: ScratchFolder
    let folder: LabFolder

    init() async throws {
        scratch = try ScratchFolder()
        try await LabFleet.create(in: scratch.path + "/lab 100% ours", from: SampleFleet.pair())
        folder = try LabFolder(existing: scratch.path + "/lab 100% ours")
    }

    /// Stands for our program: says how it was called.
    private func program() throws -> String {
        let path = scratch.path + "/it's a program"
        let script = "#!/bin/sh\necho \"$*|$SSH_ORIGINAL_COMMAND|$SHLVL\"\n"
        try StateFile.write(Data(script.utf8), to: path, mode: 0o755)
        return path
    }

    private func start() throws -> LabServer {
        try LabServer.start(folder: folder.path, program: try program(), log: { _ in })
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> ChildResult {
        try await ChildCommand(program, arguments, environment: ["PATH": "/usr/bin:/bin"]).run(limit: .seconds(10))
    }

    private func escaped(_ path: String) -> String { path.split(separator: "%").joined(separator: "%%") }

    private func ssh(_ host: LabShow.Host) async throws -> ChildResult {
        try await run(
            "ssh",
            // OpenSSH's client expands `%` in paths and splits them at spaces.
            [
                "-F", "none", "-o", "IdentityFile=\"\(escaped(folder.clientKey))\"", "-p", "\(host.port)", "-o",
                "IdentitiesOnly=yes", "-o",
                "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o",
                "UserKnownHostsFile=\"\(escaped(folder.knownHosts))\"",
                "-T", "\(try SSHKeys.user())@127.0.0.1", "powershell.exe -NoLogo",
            ])
    }

    private func greeting(_ port: Int) -> String? {
        guard let socket = try? LoopbackSocket.connected(to: port) else { return nil }
        return SocketReading.line(socket.number, seconds: 5)
    }

    @Test func `a signed-in client meets the forced command on the pinned host`() async throws {
        let server = try start()
        for host in try LabShow(folder: folder.path).hosts {
            let result = try await ssh(host)
            #expect(result.output.text == "lab host \(folder.path) \(host.name)|powershell.exe -NoLogo|2\n")
            #expect(result.ending.isSuccess, "\(result.errors.text)")
        }
        await server.stop()
    }

    @Test func `a lab that comes up again has the ports and host keys that it had`() async throws {
        let first = try start()
        let before = try LabShow(folder: folder.path)
        let known = try StateFile.read(folder.knownHosts)
        await first.stop()
        let second = try start()
        #expect(try LabShow(folder: folder.path) == before)
        #expect(try StateFile.read(folder.knownHosts) == known)
        let ports = before.hosts.flatMap { [$0.port] + $0.tls.map(\.port) }
        #expect(Set(ports).count == 2 + 4 + 5)
        #expect(greeting(before.hosts[0].port)?.hasPrefix("SSH-2.0-") == true)
        await second.stop()
    }

    @Test func `a port that is taken meanwhile is named, and nothing listens`() async throws {
        await (try start()).stop()
        let show = try LabShow(folder: folder.path)
        let taken = show.hosts[1].tls[0]
        let thief = try LoopbackSocket.bound(to: taken.port, for: "test")
        try thief.listen(for: "test")
        let error = #expect(throws: LabError.self) { try start() }
        #expect(error?.code == .portTaken)
        #expect(error?.message.hasPrefix("port \(taken.port) of edge01 (\(taken.usage), ") == true)
        #expect(greeting(show.hosts[0].port) == nil)
    }

    @Test func `a lab cannot be up twice`() async throws {
        let server = try start()
        let error = #expect(throws: LabError.self) { try start() }
        #expect(error?.code == .daemon)
        await server.stop()
    }

    @Test func `a host that refuses listens again on its port when the fault is cleared`() async throws {
        let server = try start()
        let control = try ControlSocket(in: folder) { _ in
            do { try await server.reload() } catch { return "\(error)" }
            return "ok"
        }
        let hosts = try LabShow(folder: folder.path).hosts
        try await LabFaults.set("refused", on: "fe01", steps: [], folder: folder.path)
        #expect(greeting(hosts[0].port) == nil)
        #expect(greeting(hosts[1].port)?.hasPrefix("SSH-2.0-") == true)
        try await LabFaults.clear(host: "fe01", folder: folder.path)
        #expect(greeting(hosts[0].port)?.hasPrefix("SSH-2.0-") == true)
        control.end()
        await server.stop()
    }

    @Test func `the inventory leads to the lab and nowhere else`() async throws {
        let server = try start()
        await server.stop()
        let outside = SampleFleet.pair().inventory
        let inside = try LabFleet.inventory(outside, in: folder.path)
        let show = try LabShow(folder: folder.path)
        for pool in inside.pools {
            #expect(pool.rollout.readyFor == .zero)
            for host in pool.hosts {
                let shown = try #require(show.hosts.first { $0.name == host.name })
                #expect(host.address == "127.0.0.1" && host.ssh.port == shown.port && host.ssh.methods == [.key])
                #expect(host.ssh.key == folder.clientKey && host.ssh.knownHosts == folder.knownHosts)
                #expect(host.ports.map(\.port) == shown.tls.map(\.port))
            }
        }
        #expect(inside.host("edge01")?.host.externalAccess == "127.0.0.1")
        #expect(inside.host("fe01")?.host.externalAccess == nil)
        #expect(inside.secrets.isEmpty)
        #expect(
            inside.authorities["public"]?.kind
                == .local(
                    certificate: folder.path + "/ca/public/issuing.pem", key: folder.path + "/ca/public/issuing.key",
                    days: 47, issued: folder.path + "/ca/public/issued"))
    }

    @Test func `show has the documented keys`() async throws {
        await (try start()).stop()
        let json = String(decoding: try LabShow(folder: folder.path).json(), as: UTF8.self)
        let value = try JSONDecoder().decode(LabShow.self, from: Data(json.utf8))
        #expect(value.version == 1 && value.root == "ca/root.cer")
        #expect(value.authorities.first == LabShow.Authority(name: "corp", issued: "ca/corp/issued"))
        #expect(value.hosts[0].state == "hosts/fe01" && value.hosts[0].address == "127.0.0.1")
        #expect(json.contains("\"for\" : 5061") && !json.contains("standard") && !json.contains("\\/"))
    }
}
