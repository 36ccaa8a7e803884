import FleetModel
import SSHTransport
import TestSupport
import Testing

@testable import CertfleetCLI

/// Hosts behind one real bastion, signed in to as a run does it.
@Suite(.timeLimit(.minutes(2))) struct BastionLinesTests {
    private let gate: LoopbackSSHServer
    private let server: LoopbackSSHServer
    private let signIn: HostSignIn
    private let key: String

    init() async throws { try await self.init(options: []) }

    private init(options: [String]) async throws {
        gate = try await LoopbackSSHServer(options: options)
        server = try await LoopbackSSHServer()
        let gateKey = try await gate.makeClientKey("key")
        key = try await server.makeClientKey("key")
        let pins = try gate.folder.write(try gate.knownHostsLine() + server.knownHostsLine(), to: "pins")
        let bastion = Host(
            name: "dmz", fqdn: "", address: "127.0.0.1",
            ssh: SSHSettings(user: gate.user, port: Int(gate.port), key: gateKey, knownHosts: pins),
            place: SourcePlace(file: "fleet.yml", line: 7, column: 1))
        let inventory = Inventory(
            folder: gate.folder.path, file: "fleet.yml", organization: Organization(), sipDomains: [],
            topology: Topology(), secrets: [:], authorities: [:], pools: [], groups: [:], bastions: [bastion])
        let secrets = SecretStore([:]) { _ in nil }
        signIn = HostSignIn(
            inventory: inventory, workers: try SSHWorkers(count: 2), secrets: secrets,
            access: HostAccess(secrets: secrets) { _ in })
    }

    private func host(_ name: String, port: UInt16? = nil, connect: Duration = .seconds(60)) -> Host {
        Host(
            name: name, fqdn: "\(name).example.com", address: "127.0.0.1",
            ssh: SSHSettings(
                user: server.user, port: Int(port ?? server.port), key: key, knownHosts: gate.folder["pins"],
                bastion: "dmz"),
            deadlines: Deadlines(connect: connect, signIn: .seconds(60)),
            place: SourcePlace(file: "fleet.yml", line: 9, column: 1))
    }

    private func output(_ host: Host) async throws -> [UInt8] {
        let opened = try await signIn.open("echo in", on: host)
        var bytes: [UInt8] = []
        do {
            while case .output(let more) = try await opened.command.read() { bytes += more }
        } catch {
            await opened.close()
            throw error
        }
        // Before the process may end: what OpenSSL tears down then must not be in use.
        await opened.close()
        return bytes
    }

    private func fault(_ host: Host) async -> Fault? {
        await #expect(throws: Fault.self) { _ = try await output(host) }
    }

    @Test func `hosts that come at once share one connection to their bastion`() async throws {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<10 { group.addTask { try await output(host("fe\(number)")) } }
            for try await bytes in group { #expect(bytes == Array("in\n".utf8)) }
        }
        #expect(gate.connectionCount == 1)
        #expect(server.connectionCount == 10)
    }

    @Test func `a silent host behind a bastion is its own fault, and those beside it get in`() async throws {
        let hole = try BlackHole()
        async let silent = fault(host("silent", port: hole.port, connect: .seconds(1)))
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<6 { group.addTask { try await output(host("fe\(number)")) } }
            for try await bytes in group { #expect(bytes == Array("in\n".utf8)) }
        }
        #expect(await silent?.code == "ssh.timed-out")
        #expect(await silent?.message.contains("does not answer behind the bastion dmz (127.0.0.1)") == true)
        // The opening that was given up spent that connection.
        #expect(try await output(host("later")) == Array("in\n".utf8))
        #expect(gate.connectionCount == 2)
    }

    @Test func `a bastion that opens no way is asked over a fresh connection once, then named`() async throws {
        let strict = try await BastionLinesTests(options: ["PermitOpen 192.0.2.1:22"])
        let fault = await strict.fault(strict.host("fe01"))
        #expect(fault?.code == "ssh.bastion-refuses")
        #expect(fault?.host == "fe01")
        #expect(strict.gate.connectionCount == 2)
        #expect(strict.server.connectionCount == 0)
    }

    @Test func `a bastion that was lost is connected to anew by who comes next`() async throws {
        let opened = try await signIn.open("sleep 600", on: host("fe01"))
        gate.killConnections()
        let error = await #expect(throws: SSHError.self) { _ = try await opened.command.read() }
        #expect(error?.code == .bastionLost)
        await opened.close()
        #expect(try await output(host("fe01")) == Array("in\n".utf8))
        #expect(gate.connectionCount == 2)
    }

    @Test func `what is wrong with a bastion is said with its name, on each host behind it`() async throws {
        gate.stopListening()
        for name in ["fe01", "fe02"] {
            let fault = await fault(host(name))
            #expect(fault?.code == "ssh.bastion-refused")
            #expect(fault?.host == name)
            #expect(fault?.message == "the bastion dmz: nothing listens on 127.0.0.1:\(gate.port)")
            #expect(fault?.hint?.contains("fleet.yml:7:1") == true)
        }
    }
}
