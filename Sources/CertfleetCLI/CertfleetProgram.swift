import ArgumentParsing
import FleetModel
import Foundation
import Lab
import Reporting

/// The whole command line.
package enum CertfleetProgram {
    /// Parses and runs one command.
    ///
    /// - Parameter words: Without the program's own name.
    /// - Returns: The exit code.
    package static func run(_ words: [String], surroundings: Surroundings = .process) async -> Int32 {
        var terminal = Terminal.process
        let (project, say) = (ProjectWords(given: words), terminal.say)
        terminal.say = { say(project.filled($0)) }
        let context = ProgramContext(terminal: terminal, surroundings: surroundings, executable: executable())
        let program = declaration(context)
        do {
            switch try program.parse(words, width: min(Terminal.size().columns, 100)) {
            case .run(let command): return try await command.run()
            case .help(let text): terminal.write(text)
            case .version(let text): terminal.write(text + "\n")
            }
            return 0
        } catch {
            return end(error, terminal)
        }
    }

    /// Words for whatever ended a command before its work, and the code for it.
    private static func end(_ error: any Error, _ terminal: Terminal) -> Int32 {
        switch error {
        case let refusal as Refusal:
            if !refusal.words.isEmpty { terminal.say(refusal.words + "\n") }
            return refusal.code.rawValue
        case let usage as UsageError:
            terminal.say("certfleet: \(usage.message)\n")
            if let hint = usage.hint { terminal.say("  hint: \(hint)\n") }
            // The synopsis is no command to be typed: it stays as the reference has it.
            Terminal.process.say(usage.usage.hasSuffix("\n") ? usage.usage : usage.usage + "\n")
            return UsageError.conventionalExitCode
        case let fault as Fault:
            terminal.say(FaultText.text(fault) + "\n")
            return fault.kind == .state ? ExitCode.cannotWriteState.rawValue : ExitCode.failed.rawValue
        case let lab as LabError:
            terminal.say("\(lab)\n")
            return ExitCode.failed.rawValue
        default:
            terminal.say("certfleet: \(error)\n")
            return ExitCode.internal.rawValue
        }
    }

    private static func executable() -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    static func declaration(_ context: ProgramContext) -> Program {
        Program(
            "certfleet", "certificates for Lync, Skype for Business and Exchange UM servers, over SSH",
            version: Release.version, sections: [ExitCodeSection.section]
        ) {
            PlanCommand(program: context)
            ApplyCommand(program: context)
            RolloutCommand(program: context)
            RenewCommand(program: context)
            PushCommand(program: context)
            RestartCommand(program: context)
            AssignCommand(program: context)
            StatusCommand(program: context)
            NamesCommand(program: context)
            CommandGroup("runs", "former and unfinished runs") {
                RunsListCommand(program: context)
                RunsShowCommand(program: context)
                RunsResumeCommand(program: context)
                RunsAbortCommand(program: context)
            }
            ReportCommand(program: context)
            CommandGroup("pending", "requests that wait for an answer") {
                PendingListCommand(program: context)
                PendingCollectCommand(program: context)
                PendingCancelCommand(program: context)
            }
            CommandGroup("inventory", "the inventory file") {
                InventoryLintCommand(program: context)
                InventoryListCommand(program: context)
            }
            CommandGroup("topology", "what the deployment has published") {
                TopologyImportCommand(program: context)
                TopologyDiffCommand(program: context)
            }
            CommandGroup("hostkeys", "the hosts' own keys: seen, compared, pinned") {
                HostKeysScanCommand(program: context)
                HostKeysApproveCommand(program: context)
                HostKeysCheckCommand(program: context)
            }
            DoctorCommand(program: context)
            CommandGroup("lab", "simulated servers to learn and rehearse on") {
                LabUpCommand(program: context)
                LabDownCommand(program: context)
                LabShowCommand(program: context)
                LabFaultCommand(program: context)
                LabSignCommand(program: context)
                LabServeCommand(program: context)
                LabHostCommand(program: context)
            }
            ExplainCommand(program: context)
            CompletionCommand(program: context)
            ManCommand(program: context)
            VersionCommand(program: context)
        }
    }
}

/// The exit codes, for manual page and reference.
enum ExitCodeSection {
    static let section = Program.Section(
        "Exit codes",
        """
        0 done, or nothing to do; 1 a target failed; 2 something is due (only with --detailed-exitcode); 3 waiting for an \
        answer, or an assignment or a restart is owed; 4 unreachable; 5 stopped by a guard, untouched hosts remain; 64 \
        usage; 65 bad inventory or plan; 66 no \
        target; 70 internal; 73 cannot write state; 75 locked; 77 credentials or host key refused by all; 78 stale plan; \
        130 and 143 interrupted, can be resumed.
        """)
}
