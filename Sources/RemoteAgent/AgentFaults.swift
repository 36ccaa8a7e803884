import AgentProtocol
package import FleetModel

/// The faults of this room. Messages are `windows-ssh`'s, §10.
extension Fault {
    static func noHello(after limit: Duration) -> Fault {
        Fault(
            "agent.no-hello", .unreachable, "no answer from the agent in \(limit.text) (stdin not delivered?)",
            hint: "raise the limit, or see whether powershell.exe starts there for this account")
    }

    /// The process ended, or its line broke, before the greeting.
    static func notStarted(errors: [UInt8], noise: [UInt8], exitStatus: Int32?, cause: String?) -> Fault {
        let said = CLIXML.plainText(errors.prefix(2048))
        let text = said.isEmpty ? CLIXML.plainText(noise.prefix(2048)) : said
        let status = exitStatus.map { ["exit status \($0)" + meaning($0)] } ?? []
        let details = text.split(separator: "\n").map(String.init) + status + (cause.map { [$0] } ?? [])
        // Error ids are never localised, but long lines are wrapped anywhere.
        if CLIXML.plainText(errors).filter({ !$0.isWhitespace }).contains("ConstrainedLanguage") {
            return constrainedLanguage("ConstrainedLanguage", details: details)
        }
        if let cause, text.isEmpty {
            return Fault(
                "agent.not-started", .unreachable, "connection lost before the agent answered: \(cause)",
                hint: "run the command again", details: details)
        }
        guard let first = text.split(separator: "\n").first else {
            return Fault(
                "agent.not-started", .unreachable, "PowerShell ended while reading our script; antivirus?",
                hint: "allow the agent's script there by its SHA-256: certfleet version --json", details: details)
        }
        return Fault(
            "agent.not-started", .unreachable, "PowerShell did not start: \(first.prefix(300))",
            hint: "run there as this account: powershell.exe -NoProfile -Command $PSVersionTable", details: details)
    }

    static func constrainedLanguage(_ mode: String, details: [String] = []) -> Fault {
        Fault(
            "agent.not-started", .unreachable, "PowerShell runs in \(mode) mode (application control)",
            hint: "ask for an exception for the agent's script by its SHA-256: certfleet version --json",
            details: details)
    }

    static func crashed(during step: String?, errors: [UInt8], exitStatus: Int32?) -> Fault {
        let tail = CLIXML.plainText(errors).split(separator: "\n").suffix(20).map(String.init)
        return Fault(
            "agent.crashed", .lost, "PowerShell ended unexpectedly\(during(step))", hint: resume,
            details: tail + (exitStatus.map { ["exit status \($0)" + meaning($0)] } ?? []))
    }

    static func lost(during step: String?, cause: String) -> Fault {
        Fault(
            "agent.lost", .lost, "connection lost\(during(step))" + (step == nil ? "" : ": outcome unknown"),
            hint: resume, details: [cause])
    }

    /// The pipe knows better than "lost" what happened.
    static func lost(during step: String?, by fault: Fault) -> Fault {
        var lost = fault
        lost.kind = .lost
        if let step { lost.message += "; outcome of \(step) unknown" }
        lost.hint = lost.hint ?? resume
        return lost
    }

    static func silent(for limit: Duration, during step: String?) -> Fault {
        Fault("agent.silent", .lost, "no sign of life for \(limit.text)\(during(step))", hint: resume)
    }

    static func protocolBroken(_ what: String, during step: String?) -> Fault {
        Fault(
            "agent.protocol", .lost,
            "agent sent something unreadable\(during(step))" + (step == nil ? "" : "; step outcome unknown"),
            hint: resume, details: [what])
    }

    static func stuck(_ call: CmdletCall) -> Fault {
        Fault(
            "agent.stuck", .lost, "\(call.cmdlet) did not stop; PowerShell was ended during \(call.step)", hint: resume)
    }

    /// Another certfleet process holds the server; `holder` as in ``HostGreeting/holder``.
    package static func held(by holder: String) -> Fault {
        Fault(
            "agent.held", .failed, "another certfleet agent (\(holder)) holds this server",
            hint: "wait for its end, or see what it does: certfleet runs list")
    }

    static func powerShellTooOld(_ version: String) -> Fault {
        Fault(
            "agent.powershell-too-old", .failed,
            "PowerShell 3.0 or later is needed here; this server has \(version)",
            hint: "install Windows Management Framework 3.0 or later on the server")
    }

    static func wrongVersion(_ version: Int) -> Fault {
        Fault(
            "agent.protocol", .failed, "the agent speaks protocol \(version), this program \(AgentLimits.version)",
            hint: "certfleet version --json")
    }

    static func echoBroken(sent: String, received: String) -> Fault {
        func hex(_ text: String) -> String {
            text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " ")
        }
        return Fault(
            "agent.echo", .failed, "the transport corrupts text on its way to the agent",
            hint: "certfleet explain agent.echo", details: ["sent \(hex(sent))", "received \(hex(received))"])
    }

    static func functionsBroken(_ reasons: [String]) -> Fault {
        Fault(
            "agent.not-started", .failed, "the agent's own functions did not load: \(reasons.first ?? "")",
            hint: "certfleet version --json", details: reasons)
    }

    static func moduleNotLoaded(_ module: ProductModule, reply: CallReply) -> Fault {
        let reason = reply.errors.first?.message.split(separator: "\n").first.map { ": \($0)" } ?? ""
        let list =
            switch module {
            case .module(let name): "Get-Module -ListAvailable \(name)"
            case .snapin(let name): "Get-PSSnapin -Registered \(name)"
            }
        return Fault(
            "agent.module", .failed, "\(module.name) cannot be loaded on this server\(reason)",
            hint:
                "install the product's management tools there, or correct type and version in the inventory; see: \(list)",
            details: reply.errors.map { [$0.id, $0.hresult, $0.message].compactMap { $0 }.joined(separator: " ") })
    }

    /// A warning, not an end.
    static func clockOff(by seconds: Int) -> Fault {
        let amount = Duration.seconds(abs(seconds)).text
        return Fault(
            "agent.clock", .failed,
            "the server's clock is \(amount) \(seconds > 0 ? "ahead" : "behind"); Kerberos and certificate dates may fail",
            hint: "run there: w32tm /resync")
    }

    /// A warning: text on stdout before the greeting.
    static func noisy(_ noise: [UInt8]) -> Fault {
        Fault(
            "agent.noise", .failed, "the login profile prints text; SFTP will not work there",
            hint: "silence the profile of this account's default shell",
            details: CLIXML.plainText(noise.prefix(2048)).split(separator: "\n").map(String.init))
    }

    static func notAllowed(_ cmdlet: String) -> Fault {
        Fault("agent.unknown-command", .failed, "'\(cmdlet)' is not among the commands of this run")
    }

    static func tooLarge(_ call: CmdletCall) -> Fault {
        Fault("agent.too-large", .failed, "the parameters of \(call.cmdlet) do not fit into one line")
    }

    static let closed = Fault("agent.closed", .failed, "the session with the agent was closed")
    static let interrupted = Fault("agent.interrupted", .interrupted, "stopped before it began")

    private static let resume = "certfleet runs resume"

    private static func during(_ step: String?) -> String { step.map { " during \($0)" } ?? "" }

    private static func meaning(_ status: Int32) -> String {
        AgentExit(rawValue: status).map { ": \($0.meaning)" } ?? ""
    }
}
