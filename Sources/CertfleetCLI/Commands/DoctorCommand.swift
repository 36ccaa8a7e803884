import ArgumentParsing
import FleetModel
import RemoteAgent
import Reporting

/// A fault as the commands about hosts print it.
enum FaultLine {
    static func text(_ fault: Fault) -> String { FaultText.text(fault) + "\n" }
}

/// `doctor [HOST|POOL…]`: whether everything that a run needs of a host is there.
struct DoctorCommand: Command {
    let about = About(
        "doctor", "try what a run needs of each host: reach it, sign in, start the agent, load the module",
        discussion: "Reads only. The clock and other warnings of the agent are shown with it.",
        examples: ["certfleet doctor", "certfleet doctor fe01"])
    let targets = Argument(repeated: "HOST|POOL", .text, "hosts, pools or groups; none: all")
    let project = ProjectOptions()
    let program: ProgramContext

    private struct Finding: Sendable {
        var order: Int
        var host: String
        var lines: [String] = []
        var faults: [Fault] = []
        var ending: Fault?
    }

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        let names = Set(try project.hosts(given.targets).map(\.name))
        let fleet = try Fleet(
            project, reason: "doctor", terminal: program.terminal, surroundings: program.surroundings)
        let connector = fleet.connector
        var findings: [Finding] = []
        await withTaskGroup(of: Finding.self) { group in
            var order = 0
            for pool in project.inventory.pools {
                for host in pool.hosts where names.contains(host.name) {
                    order += 1
                    group.addTask { [order] in await Self.look(host, in: pool, order, connector) }
                }
            }
            for await finding in group { findings.append(finding) }
        }
        await fleet.close()
        findings.sort { $0.order < $1.order }
        for finding in findings {
            for line in finding.lines { program.terminal.write("\(finding.host)  \(line)\n") }
            for fault in finding.faults { program.terminal.say("warning: " + FaultLine.text(fault)) }
            if let fault = finding.ending { program.terminal.say(FaultLine.text(fault)) }
        }
        let endings = findings.compactMap(\.ending)
        if !endings.isEmpty, endings.count == findings.count, endings.allSatisfy({ $0.kind == .refused }) {
            return ExitCode.refused.rawValue
        }
        return ExitCode.strongest(endings.map { $0.kind == .unreachable ? .unreachable : .failed }).rawValue
    }

    private static func look(_ host: Host, in pool: Pool, _ order: Int, _ connector: SSHConnector) async -> Finding {
        var finding = Finding(order: order, host: host.name)
        do {
            let session = try await connector.connect(host, in: pool, reason: "doctor")
            let greeting = await session.greeting
            finding.lines = [
                "ready  \(greeting.account), PowerShell \(greeting.powerShell), \(module(of: pool)) loaded"
            ]
            if let agent = session as? AgentSession { finding.faults = await agent.warnings.map { $0.on(host.name) } }
            await session.close()
        } catch let fault as Fault {
            finding.ending = fault.on(host.name)
        } catch {
            finding.ending = Fault("doctor.failed", .failed, host: host.name, "\(error)")
        }
        return finding
    }

    private static func module(of pool: Pool) -> String { pool.version.module(for: pool.type).name }
}
