import AgentProtocol
import FleetModel
import FoundationEssentials
import RemoteAgent
import Testing

@testable import Lab

struct FaultTests {
    private let bench: LabBench
    private let thumbprint: String

    init() throws {
        bench = try LabBench(.frontEnd)
        thumbprint = try bench.hold(TestAuthority.certificate("a.example.com"))
    }

    private func session(_ wires: HostWires, hello: Duration = .seconds(30)) async throws -> AgentSession {
        var settings = AgentSettings(
            script: HostWires.script,
            commands: [
                "Set-CsCertificate": "SkypeForBusiness\\Set-CsCertificate",
                "Get-CsCertificate": "SkypeForBusiness\\Get-CsCertificate",
                "New-PrivateFolder": "Certfleet\\New-PrivateFolder",
            ], module: nil)
        settings.helloLimit = hello
        return try await AgentSession.start(over: wires.pipe, settings: settings, clock: ContinuousClock())
    }

    private var assign: CmdletCall {
        CmdletCall(
            step: "assign", cmdlet: "Set-CsCertificate",
            parameters: [("Type", .list(["Default"])), ("Thumbprint", .string(thumbprint))], select: [],
            limit: .seconds(60))
    }

    @Test(arguments: [FaultKind.cutBefore, .cutAfter])
    func `a line is cut before or after the call, and the mutex stays for the grace`(_ kind: FaultKind) async throws {
        try bench.state.faults.add(FaultEntry(kind, step: "assign", times: 1))
        let wires = try HostWires(bench)
        let session = try await session(wires)
        let thrown = await #expect(throws: Fault.self) { try await session.invoke(assign) }
        #expect(thrown?.kind == .lost)
        await session.close()
        #expect(await wires.ended.value == 94)
        #expect(try bench.state.usages() == (kind == .cutBefore ? [:] : ["Default": thumbprint]))
        #expect(try bench.state.faults.all().isEmpty)
    }

    @Test func `a cut agent holds the host until its grace is over, then removes its folders`() async throws {
        try bench.state.faults.add(FaultEntry(.cutBefore, step: "assign", times: 1))
        let gate = AsyncStream.makeStream(of: Void.self)
        var timing = LabTiming()
        timing.pause = { duration in
            if duration == .seconds(2) { for await _ in gate.stream {} } else { try await Task.sleep(for: duration) }
        }
        let (first, second) = (try HostWires(bench, timing: timing), try HostWires(bench))
        let cut = try await session(first)
        _ = try await cut.invoke(
            CmdletCall(
                step: "folder", cmdlet: "New-PrivateFolder", parameters: [("Name", .string("f"))], select: [],
                limit: .seconds(9)))
        _ = try? await cut.invoke(assign)
        let joined = try await session(second)
        #expect(await joined.greeting.holder != nil)
        #expect(try bench.state.privateFolders.names() == ["f"])
        gate.continuation.finish()
        #expect(await first.ended.value == 94)
        #expect(try bench.state.privateFolders.names().isEmpty)
        await joined.close()
        await cut.close()
    }

    @Test func `a cut from outside leaves the output alone`() async throws {
        try bench.state.faults.add(FaultEntry(.cutAfter, times: 1))
        let wires = try HostWires(bench, cut: { true })
        let session = try await session(wires)
        _ = try? await session.invoke(assign)
        await session.close()
        #expect(await wires.ended.value == 94)
        #expect(try bench.state.usages() == ["Default": thumbprint])
    }

    @Test func `a full disk and a failing cmdlet are errors that change nothing, once`() async throws {
        try bench.state.faults.add(FaultEntry(.diskFull, step: "assign", times: 1))
        try bench.state.faults.add(FaultEntry(.cmdletError, times: 1))
        let session = try await session(try HostWires(bench))
        let read = try await session.invoke(
            CmdletCall(step: "look", cmdlet: "Get-CsCertificate", parameters: [], select: ["Use"], limit: .seconds(9)))
        #expect(read.succeeded && read.output.isEmpty)
        #expect(try await session.invoke(assign).errors.first?.hresult == "0x80070070")
        #expect(try await !session.invoke(assign).succeeded)
        #expect(try bench.state.usages().isEmpty)
        #expect(try await session.invoke(assign).succeeded)
        await session.close()
    }

    @Test func `a late answer comes`() async throws {
        try bench.state.faults.add(FaultEntry(.late, step: "assign", times: 1))
        let session = try await session(try HostWires(bench))
        #expect(try await session.invoke(assign).succeeded)
        await session.close()
    }

    @Test func `an agent without hello is given up`() async throws {
        try bench.state.faults.add(FaultEntry(.noHello, times: 1))
        let wires = try HostWires(bench)
        // Long enough for the host to have read the script, on a busy machine too; else it ends otherwise.
        let thrown = await #expect(throws: Fault.self) { _ = try await session(wires, hello: .seconds(2)) }
        #expect(thrown?.kind == .unreachable)
        #expect(await wires.ended.value == 94)
    }

    @Test func `only SSH servers below the lab are cut`() {
        let tree: [Int32: (String, Int32)] = [
            9: ("bash", 8), 8: ("sshd", 7), 7: ("sshd-session", 6), 6: ("certfleet", 1), 5: ("bash", 4), 4: ("sshd", 3),
            3: ("sshd", 2), 2: ("systemd", 1),
        ]
        func servers(_ pid: Int32) -> [Int32] {
            LineCutting.servers(
                from: pid, process: { tree[$0].map { LineCutting.Process(name: $0.0, parent: $0.1) } },
                isLab: { tree[$0]?.0 == "certfleet" })
        }
        #expect(servers(9) == [8, 7])
        #expect(servers(5) == [])
        #expect(servers(6) == [])
    }
}
