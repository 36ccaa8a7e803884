import AgentProtocol
import FleetModel
import FoundationEssentials
import RemoteAgent
import Testing

@testable import Lab

struct ConversationTests {
    private func settings(_ bench: LabBench) -> AgentSettings {
        let module = bench.host.version.module(for: bench.host.type)
        var commands: [String: String] = [:]
        for name in [
            "Get-StoreCertificate", "Import-KeyBundle", "Export-KeyBundle", "New-PrivateFolder", "Get-PrivateFolder",
        ] {
            commands[name] = "Certfleet\\" + name
        }
        for name in ["Set-CsCertificate", "Get-CsCertificate", "Get-CsWindowsService"] {
            commands[name] = module.name + "\\" + name
        }
        return AgentSettings(script: HostWires.script, commands: commands, module: module)
    }

    private func call(
        _ cmdlet: String, step: String = "s", _ parameters: [(String, TypedValue)] = [], select: [String] = []
    ) -> CmdletCall {
        CmdletCall(
            step: step, cmdlet: cmdlet, parameters: parameters.map { (name: $0.0, value: $0.1) }, select: select,
            limit: .seconds(60))
    }

    private func session(_ bench: LabBench, _ wires: HostWires) async throws -> AgentSession {
        try await AgentSession.start(over: wires.pipe, settings: settings(bench), clock: ContinuousClock())
    }

    @Test func `a coordinator's session greets, calls and says farewell`() async throws {
        let bench = try LabBench(.frontEnd)
        let thumbprint = try bench.hold(TestAuthority.certificate("a.example.com"))
        let wires = try HostWires(bench)
        let session = try await session(bench, wires)
        #expect(await session.greeting.holder == nil)
        let set = try await session.invoke(
            call("Set-CsCertificate", [("Type", .list(["Default"])), ("Thumbprint", .string(thumbprint))]))
        #expect(set.succeeded, "\(set.errors)")
        let read = try await session.invoke(call("Get-CsCertificate", select: ["Use", "Thumbprint"]))
        #expect(read.output == [.object(["Use": .string("Default"), "Thumbprint": .string(thumbprint)])])
        await session.close()
        #expect(await session.ending == .clean)
        #expect(await wires.ended.value == 0)
        let log = String(decoding: try #require(try StateFile.read(bench.state.folder + "/agents.log")), as: UTF8.self)
        #expect(log.split(separator: "\n").count == 1)
        #expect(try StateFile.read(bench.state.folder + "/holder.json") == nil)
    }

    @Test func `a large value travels as a blob`() async throws {
        let bench = try LabBench(.edge)
        let wires = try HostWires(bench)
        let session = try await session(bench, wires)
        let reply = try await session.invoke(
            call(
                "Import-KeyBundle",
                [("RawData", .bytes(Data(repeating: 7, count: 600_000))), ("Password", .secure(Secret(text: "x")))]))
        #expect(reply.errors.first?.id == "Certfleet.PfxUnreadable")
        await session.close()
    }

    @Test func `a second agent is told who holds the host and leaves its folders alone`() async throws {
        let bench = try LabBench(.edge)
        let (firstWires, secondWires) = (try HostWires(bench), try HostWires(bench))
        let first = try await session(bench, firstWires)
        _ = try await first.invoke(call("New-PrivateFolder", [("Name", .string("mine"))]))
        let second = try await session(bench, secondWires)
        #expect(await second.greeting.holder != nil)
        #expect(try bench.state.privateFolders.names() == ["mine"])
        await second.close()
        #expect(try bench.state.privateFolders.names() == ["mine"])
        await first.close()
        _ = await (firstWires.ended.value, secondWires.ended.value)
        #expect(try bench.state.privateFolders.names().isEmpty)
    }

    @Test func `what a killed agent left is removed by the next one`() async throws {
        let bench = try LabBench(.edge)
        try bench.state.privateFolders.make("left")
        let wires = try HostWires(bench)
        let session = try await session(bench, wires)
        #expect(try bench.state.privateFolders.names().isEmpty)
        await session.close()
    }

    @Test func `a command that is not allowed never runs, whatever its case`() async throws {
        let bench = try LabBench(.edge)
        let wires = try HostWires(bench)
        await wires.write(ScriptDelivery.bytes(of: HostWires.script))
        let start = StartLine(nonce: String(repeating: "ab", count: 16), allow: ["Certfleet\\Get-TrustProblem"])
        await wires.write(try start.line().bytes)
        for command in [
            "Certfleet\\Remove-StoreCertificate", "certfleet\\get-trustproblem", "Certfleet\\Get-TrustProblem",
        ] {
            let invocation = CoordinatorFrame.Invocation(
                id: command, command: command, parameters: [], select: [], limit: .seconds(9))
            await wires.write(try CoordinatorFrame.invoke(invocation).line().bytes)
        }
        await wires.write(Array("{\"k\":\"dance\"}\nnonsense\n".utf8))
        await wires.write(try CoordinatorFrame.ping(id: "1").line().bytes)
        await wires.write(try CoordinatorFrame.bye.line().bytes)
        let said = await wires.everything()
        var scanner = FrameScanner(nonce: start.nonce)
        let frames = try scanner.feed(Array(said.utf8)).map { try AgentFrame(json: $0) }
        let refused = frames.compactMap { if case .done(let done) = $0, !done.ran { done.id } else { nil } }
        #expect(refused == ["Certfleet\\Remove-StoreCertificate", "certfleet\\get-trustproblem"])
        #expect(frames.contains(.pong(id: "1")))
        #expect(frames.filter { if case .error = $0 { true } else { false } }.count == 2)
        #expect(frames.last == .bye(noise: ""))
        #expect(await wires.ended.value == 0)
    }

    @Test func `another command line meets cmd.exe`() async throws {
        let wires = try HostWires(try LabBench(.edge), command: "whoami /groups")
        #expect(await wires.everything().hasPrefix("'whoami' is not recognized as an internal or external command"))
        #expect(await wires.ended.value == 1)
    }

    @Test func `another agent's text is refused before anything is said`() async throws {
        let wires = try HostWires(try LabBench(.edge))
        await wires.write(ScriptDelivery.bytes(of: HostWires.script + " "))
        let said = await wires.everything()
        #expect(said == "the text that arrived is not this release's agent\r\n")
        #expect(await wires.ended.value == 1)
    }

    @Test func `the reason in the start line stands in the log, and the transcript is what was sent`() async throws {
        let bench = try LabBench(.edge)
        var identity = bench.host
        identity.transcripts = bench.scratch.path + "/transcripts"
        try bench.state.setIdentity(identity)
        let wires = try HostWires(bench)
        let start = StartLine(nonce: String(repeating: "0", count: 32), allow: [], reason: "joined again")
        let sent =
            ScriptDelivery.bytes(of: HostWires.script) + (try start.line().bytes)
            + (try CoordinatorFrame.bye.line().bytes)
        await wires.write(sent)
        #expect(await wires.ended.value == 0)
        let log = String(decoding: try StateFile.read(bench.state.folder + "/agents.log") ?? Data(), as: UTF8.self)
        #expect(log.hasSuffix(" joined again\n"))
        let files = try StateFile.names(in: bench.scratch.path + "/transcripts")
        #expect(files.count == 1)
        #expect(try StateFile.read("\(bench.scratch.path)/transcripts/\(files[0])") == Data(sent))
    }
}
