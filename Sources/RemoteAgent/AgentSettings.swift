package import FleetModel
package import FoundationEssentials

/// What a conversation with one agent is about, and its limits.
package struct AgentSettings: Sendable {
    /// The agent's text, `templates/agent.ps1`.
    package var script: String
    /// Bare cmdlet → module-qualified name on the wire. The values are the agent's allow-list.
    package var commands: [String: String]
    /// Imported first; `nil` when only the system's own and the agent's commands are called.
    package var module: ProductModule?

    /// How long the greeting may take (rule T4).
    package var helloLimit: Duration = .seconds(60)
    /// How long the import may take; imports of 90 seconds have been seen.
    package var moduleLimit: Duration = .seconds(300)
    /// Without a frame for this long the line counts as lost (rule T4).
    package var silenceLimit: Duration = .seconds(90)
    /// How often a ping is sent, running call or not: firewalls forget idle lines, and the agent ends without word from us.
    package var heartbeat: Duration = .seconds(30)
    /// How long the farewell and then the end of output may take (rule A17).
    package var farewellLimit: Duration = .seconds(2)
    /// After a stop: when the agent reports a stuck call, and when it ends itself (rule A13).
    package var stuckLimit: Duration = .seconds(15)
    package var deadLimit: Duration = .seconds(30)
    /// Without word from us the agent ends after this long (rule A6).
    package var agentSilenceLimit: Duration = .seconds(120)
    /// How long the agent waits for a former agent to go before it names it in the greeting.
    package var waitForHolder: Duration = .zero
    /// Whether a server that another certfleet process holds is refused at once (`agent.held`); else the greeting says so.
    package var refuseWhenHeld = false
    /// Why the agent is started: `survey`, `joined again: connection lost during assign`.
    package var reason = ""
    /// Our clock, compared with the server's.
    package var wallClock: @Sendable () -> Date = { Date() }

    package init(script: String, commands: [String: String], module: ProductModule?) {
        self.script = script
        self.commands = commands
        self.module = module
    }

    /// The commands that this agent may be asked to call, sorted.
    var allowed: [String] {
        Set(commands.values).union(module.map { [$0.importCommand] } ?? []).sorted()
    }

    /// How many pings must stay unanswered before silence counts. A coordinator that was itself suspended finds its
    /// own clock far ahead when it wakes; it must ask before it judges.
    var pingsBeforeSilence: Int {
        heartbeat < silenceLimit ? min(2, Int((silenceLimit - .nanoseconds(1)) / heartbeat)) : 0
    }
}

extension ProductModule {
    /// The command that loads it.
    package var importCommand: String {
        switch self {
        case .module: "Microsoft.PowerShell.Core\\Import-Module"
        case .snapin: "Microsoft.PowerShell.Core\\Add-PSSnapin"
        }
    }
}
