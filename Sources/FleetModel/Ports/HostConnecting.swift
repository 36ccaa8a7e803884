/// Reaches hosts and starts one agent on each.
package protocol HostConnecting: Sendable {
    /// Signs in, starts the agent and loads the product's module.
    ///
    /// - Parameter reason: Logged with the start: `survey`, `joined again: connection lost during assign`.
    /// - Throws: ``Fault`` of kind `unreachable`, `refused` or `failed`, with the host set.
    func connect(_ host: Host, in pool: Pool, reason: String) async throws -> any HostSession
}

/// One agent on one host; calls run one at a time, in the order in which they were made.
package protocol HostSession: Sendable {
    /// What the agent said of itself.
    var greeting: HostGreeting { get async }

    /// Makes one call and waits for its end.
    ///
    /// - Returns: The reply, whether or not the cmdlet succeeded.
    /// - Throws: ``Fault`` of kind `lost` when the line ends first: the outcome is then unknown.
    func invoke(_ call: CmdletCall) async throws -> CallReply

    /// Ends the agent in order; harmless when it is gone.
    func close() async
}

/// The parts of the agent's greeting that decide anything.
package struct HostGreeting: Sendable, Equatable {
    /// Set when another certfleet process holds this server: its id and start, for people.
    package var holder: String?
    package var powerShell: String
    package var account: String

    package init(holder: String? = nil, powerShell: String = "", account: String = "") {
        self.holder = holder
        self.powerShell = powerShell
        self.account = account
    }
}

/// A cmdlet call, ready to be sent.
package struct CmdletCall: Sendable {
    /// The step's name; it is the frame's `id`.
    package var step: String
    /// The bare cmdlet; the session puts the module before it.
    package var cmdlet: String
    package var parameters: [(name: String, value: TypedValue)]
    package var select: [String]
    package var limit: Duration

    package init(
        step: String, cmdlet: String, parameters: [(name: String, value: TypedValue)], select: [String], limit: Duration
    ) {
        self.step = step
        self.cmdlet = cmdlet
        self.parameters = parameters
        self.select = select
        self.limit = limit
    }
}

/// What a call came to.
package struct CallReply: Sendable, Equatable {
    /// No error of any kind.
    package var succeeded: Bool
    /// False when the agent refused it before it ran.
    package var ran: Bool
    package var output: [JSONValue]
    package var warnings: [String]
    package var errors: [CallError]
    package var milliseconds: Int64

    /// The call was stopped because its limit had passed; what it was about may be done or not.
    package var passedItsLimit: Bool { !succeeded && errors.first?.id == "Certfleet.LimitReached" }

    package init(
        succeeded: Bool, ran: Bool = true, output: [JSONValue] = [], warnings: [String] = [], errors: [CallError] = [],
        milliseconds: Int64 = 0
    ) {
        self.succeeded = succeeded
        self.ran = ran
        self.output = output
        self.warnings = warnings
        self.errors = errors
        self.milliseconds = milliseconds
    }
}

/// An error record of PowerShell.
package struct CallError: Sendable, Equatable, Codable {
    package var message: String
    /// `FullyQualifiedErrorId`.
    package var id: String?
    package var category: String?
    /// `0x80070056` of the innermost exception that carries one.
    package var hresult: String?

    package init(message: String, id: String? = nil, category: String? = nil, hresult: String? = nil) {
        self.message = message
        self.id = id
        self.category = category
        self.hresult = hresult
    }
}
