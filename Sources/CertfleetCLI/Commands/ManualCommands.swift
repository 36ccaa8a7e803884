import ArgumentParsing
import FleetModel
import Foundation

/// `completion SHELL`: the script that completes commands and options.
struct CompletionCommand: Command {
    let about = About(
        "completion", "print the completion script of a shell",
        examples: ["certfleet completion bash > /etc/bash_completion.d/certfleet"])
    let shell = Argument("SHELL", .choice(of: Shell.self), "bash, zsh or fish")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        program.terminal.write(CertfleetProgram.declaration(program).completionScript(for: given.shell))
        return 0
    }
}

/// `man`: the manual page; `man --markdown`: the command reference.
struct ManCommand: Command {
    let about = About("man", "print the manual page", examples: ["certfleet man | man -l -"])
    let markdown = Flag("markdown", "print the command reference in Markdown instead")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let declaration = CertfleetProgram.declaration(program)
        program.terminal.write(
            given.markdown ? declaration.commandReference() : declaration.manPage(date: Release.date))
        return 0
    }
}

/// `explain CODE`: what an exit code means and what to do then.
struct ExplainCommand: Command {
    let about = About("explain", "say what an exit code means, and what to do")
    let code = Argument("CODE", .integer(0...255), "an exit code")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        guard let code = ExitCode(rawValue: Int32(given.code)) else {
            throw Refusal(.noTarget, "certfleet never ends with \(given.code)")
        }
        program.terminal.write("\(code.rawValue)  \(Self.words(code))\n")
        return 0
    }

    static func words(_ code: ExitCode) -> String {
        switch code {
        case .done: "done, or nothing to do"
        case .failed: "a target failed, and no other was left untouched: certfleet runs show says why"
        case .due: "something is due (only with --detailed-exitcode): certfleet renew"
        case .waiting:
            "something waits: an answer (certfleet pending collect), an assignment (certfleet assign), a restart (certfleet restart)"
        case .unreachable: "servers could not be reached; nothing else went wrong: mend the connection and run it again"
        case .guarded:
            "stopped by a guard before more was touched: mend what certfleet runs show names, then certfleet runs resume"
        case .rolledBack: "put back as it was"
        case .rollbackIncomplete: "putting back did not succeed everywhere: certfleet runs show"
        case .usage: "the command line is wrong: certfleet help COMMAND"
        case .badInput: "inventory, procedure or plan has mistakes; each was named with its place"
        case .noTarget: "there is no such pool, order or run"
        case .internal: "a mistake of this program"
        case .cannotWriteState: "the state folder cannot be written: make room, then certfleet runs resume"
        case .locked: "another certfleet works on the same state folder"
        case .refused: "every server refused our key, password or host key"
        case .stale: "the saved plan no longer fits: make a new one"
        case .interrupted, .terminated: "stopped by the operator; certfleet runs resume goes on"
        }
    }
}
