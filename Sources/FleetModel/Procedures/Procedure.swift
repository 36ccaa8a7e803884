/// The steps of one job on a server, as data.
///
/// `prepare` interrupts nothing and runs on all members at once; `switching` runs one member at a time;
/// `finally` runs whatever happened. A survey, a gate and the topology have reads only, all in `prepare`.
package struct Procedure: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable {
        case certificate, survey, gate, topology
    }

    package var name: String
    package var title: String
    package var kind: Kind
    package var types: [PoolType]
    package var versions: [ProductVersion]
    /// For certificates: the forms of sharing it can serve.
    package var sharing: [Sharing]
    /// For certificates: the kinds of authorities it is for; empty for all that answer a request which was brought here.
    package var authorities: [AuthorityKind]
    /// Which services a usage keeps busy; `"*"` stands for all of the product's on the server. In the file's order.
    package var restarts: [UsageRestart]
    package var prepare: [Step]
    package var switching: [Step]
    package var finally: [Step]
    package var place: SourcePlace

    package init(
        name: String, title: String, kind: Kind, types: [PoolType], versions: [ProductVersion], sharing: [Sharing],
        authorities: [AuthorityKind] = [], restarts: [UsageRestart], prepare: [Step], switching: [Step],
        finally: [Step], place: SourcePlace
    ) {
        self.name = name
        self.title = title
        self.kind = kind
        self.types = types
        self.versions = versions
        self.sharing = sharing
        self.authorities = authorities
        self.restarts = restarts
        self.prepare = prepare
        self.switching = switching
        self.finally = finally
        self.place = place
    }

    /// Whether it brings certificates of such an authority. One that the server asks by itself needs steps of its own.
    package func serves(_ kind: AuthorityKind) -> Bool {
        authorities.isEmpty ? kind != .hostOnline : authorities.contains(kind)
    }
}

/// The services that must restart before a usage's new certificate is served.
package struct UsageRestart: Sendable, Equatable {
    package var usage: String
    /// Windows service names; `["*"]` for all of the product's.
    package var services: [String]

    package init(usage: String, services: [String]) {
        self.usage = usage
        self.services = services
    }
}

/// One step: a cmdlet call or a named local action, what it yields and how it is proven.
package struct Step: Sendable, Equatable {
    /// On which members of a shared order the step runs. With `sharing: host` every step runs on its host.
    package enum Place: String, Sendable, Codable {
        case all, birth, copies
        /// Gates only: on the pool's other members.
        case others
        /// With `sharing: global`: on every server of the deployment that uses the certificate, after the switch.
        case readers
    }

    /// How long an outcome is good for.
    package enum Scope: String, Sendable, Codable {
        /// Done once in a run; a resumed run does not do it again.
        case run
        /// Gone with the agent or the coordinator (a private folder, an exported key): done again in a new session
        /// when a later step still needs it.
        case session
        /// Once per member, however many orders are switched together.
        case member
    }

    package var id: String
    package var title: String
    package var operation: StepOperation
    package var condition: Condition?
    /// The name of a list; the step is repeated for each element, `${item}`.
    package var forEach: String?
    package var until: Poll?
    /// A call made once when ``until`` has run out, which then begins anew: it asks for what is late.
    package var late: CallTemplate?
    /// Only results whose properties equal these texts count, for captures and expectations.
    package var matching: [ResultFilter]
    /// A read that may fail: what it would have brought is then not known.
    package var mayFail: Bool
    package var captures: [Capture]
    package var expectations: [Expectation]
    /// A read that proves the step; a changing step has one.
    package var verify: ReadBack?
    /// A call that removes what an interrupted attempt left, made before the step is repeated.
    package var clear: CallTemplate?
    package var undo: CallTemplate?
    /// A draining step's call for when its limit has passed: without waiting for users.
    package var forced: CallTemplate?
    package var on: Place
    package var scope: Scope
    /// True for stopping services with users on them: the inventory's `drain` deadline holds instead of `step`.
    package var drains: Bool
    /// True when the step changes the server or orders a certificate: intent and outcome are journalled.
    package var changes: Bool
    package var place: SourcePlace

    package init(
        id: String, title: String, operation: StepOperation, condition: Condition? = nil, forEach: String? = nil,
        until: Poll? = nil, late: CallTemplate? = nil, matching: [ResultFilter] = [], mayFail: Bool = false,
        captures: [Capture] = [],
        expectations: [Expectation] = [], verify: ReadBack? = nil,
        clear: CallTemplate? = nil, undo: CallTemplate? = nil, forced: CallTemplate? = nil, on: Place = .all,
        scope: Scope = .run,
        drains: Bool = false, changes: Bool, place: SourcePlace
    ) {
        self.id = id
        self.title = title
        self.operation = operation
        self.condition = condition
        self.forEach = forEach
        self.until = until
        self.late = late
        self.matching = matching
        self.mayFail = mayFail
        self.captures = captures
        self.expectations = expectations
        self.verify = verify
        self.clear = clear
        self.undo = undo
        self.forced = forced
        self.on = on
        self.scope = scope
        self.drains = drains
        self.changes = changes
        self.place = place
    }
}

/// What a step does.
package enum StepOperation: Sendable, Equatable {
    case call(CallTemplate)
    case action(LocalAction, inputs: [ParameterTemplate])
}

/// The named actions that the coordinator carries out itself.
package enum LocalAction: String, Sendable, Codable, CaseIterable {
    /// `request` (bytes) → `certificate`, `chain` (bytes), `thumbprint`, `serial`. Orders a certificate.
    case signRequest = "sign-request"
    /// `certificate`, `request` (bytes): compares the answer with the order.
    case checkCertificate = "check-certificate"
    /// `certificate`, `nonce`, `signature` (bytes), `hash`: proves that a host holds the key.
    case checkSignature = "check-signature"
    /// `state` (`Issued` or `Waiting`), `thumbprint`, `serial`, `number`: an answer that the server fetched itself is
    /// written down as issued; without one the order rests.
    case awaitAnswer = "await-answer"
    /// `thumbprint`: every port of the order's usages must show it.
    case probeTLS = "probe-tls"

    /// Ordering a certificate is a change; the rest only look.
    package var changes: Bool { self == .signRequest || self == .awaitAnswer }
}

/// `when: fact` or `when: not fact`.
package struct Condition: Sendable, Equatable {
    package var fact: String
    package var negated: Bool

    package init(fact: String, negated: Bool = false) {
        self.fact = fact
        self.negated = negated
    }
}

/// Ask again until the expectations hold.
package struct Poll: Sendable, Equatable {
    package var every: Duration
    package var limit: Duration

    package init(every: Duration, limit: Duration) {
        self.every = every
        self.limit = limit
    }
}
