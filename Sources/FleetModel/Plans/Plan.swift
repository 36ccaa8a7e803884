#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A step with everything that is known before the run; references that are captured on the way stay in it.
package struct PlannedStep: Sendable {
    package var key: StepKey
    package var step: Step
    /// Every value known at planning time that the step may refer to.
    package var bindings: [String: BoundValue]
    /// Where `${…}` captures of this step are kept: the certificate's key, see ``CertificateOrder/certificateKey``.
    package var scope: String
    /// Only for `probe-tls`.
    package var probes: [ProbeTarget]

    package init(
        key: StepKey, step: Step, bindings: [String: BoundValue], scope: String, probes: [ProbeTarget] = []
    ) {
        self.key = key
        self.step = step
        self.bindings = bindings
        self.scope = scope
        self.probes = probes
    }
}

/// One TLS port to look at.
package struct ProbeTarget: Sendable, Equatable, Codable {
    package var usage: String
    /// The product's port, for people.
    package var standardPort: Int
    /// `nil`: the host's own addresses, asked by the agent on the host.
    package var address: String?
    package var port: Int
    package var serverName: String

    package init(usage: String, standardPort: Int, address: String?, port: Int, serverName: String) {
        self.usage = usage
        self.standardPort = standardPort
        self.address = address
        self.port = port
        self.serverName = serverName
    }
}

/// Why a certificate must be replaced or assigned.
package struct DueReason: Sendable, Equatable, Codable {
    package enum Code: String, Sendable, Codable {
        case absent, expiring, expired, names, eku, key, chain, assignment, sharedKeyDiffers = "shared-key"
        case unfinished
    }

    package var code: Code
    /// For people: `31 days left of 730, less than 60d`.
    package var text: String

    package init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }
}

/// An order with what was found and what will be done about it.
package struct PlannedOrder: Sendable {
    package enum Need: String, Sendable, Codable {
        /// Nothing to do.
        case none
        /// A fitting certificate is in the store (everywhere it must be): only to be assigned.
        case assign
        /// A valid shared certificate exists on some members: to be distributed, then assigned.
        case distribute
        /// A new certificate.
        case issue
        /// None of its servers could be looked at.
        case unknown

        /// Whether something is known to be done.
        package var isWork: Bool { self != .none && self != .unknown }
    }

    package var order: CertificateOrder
    package var need: Need
    package var reasons: [DueReason]
    /// Thumbprint found per host and usage, before anything is changed.
    package var former: [String: [String: String]]
    /// The certificate that is there and fits, for `assign` and `distribute`.
    package var thumbprint: String?
    /// The member where a shared key is born or exported.
    package var birth: String?
    /// Ends of the assigned certificates' lives, earliest first, for status and plan.
    package var notAfter: Date?
    /// Losses against the assigned certificate that need `--accept`: `eku-lost`, `name-lost`, `key-smaller`.
    package var losses: [String]
    /// Sentences for the operator: what happens to tokens signed with the old key, services to restart elsewhere, …
    package var notes: [String]
    /// Host → the rights and the ground that the survey found there.
    package var ground: [String: SurveyedGround] = [:]
    /// Sentences about assigned certificates that another authority issued.
    package var otherIssuers: [String] = []
    /// The run that brings it does not assign it: somebody says so later.
    package var assignsLater = false
    /// Whether a procedure covers it; otherwise its names are worked out, and what it needs is left to hands.
    package var isManaged: Bool

    package init(
        order: CertificateOrder, need: Need, reasons: [DueReason] = [], former: [String: [String: String]] = [:],
        thumbprint: String? = nil, birth: String? = nil, notAfter: Date? = nil, losses: [String] = [],
        notes: [String] = [], isManaged: Bool = true
    ) {
        self.order = order
        self.need = need
        self.reasons = reasons
        self.former = former
        self.thumbprint = thumbprint
        self.birth = birth
        self.notAfter = notAfter
        self.losses = losses
        self.notes = notes
        self.isManaged = isManaged
    }

    /// The certificate is where it must be, and only its assignment by somebody is missing.
    package var waitsForAssignment: Bool { assignsLater && need == .assign }
}

/// The prepare part of one order: its own host's steps, or birth and copies of a shared key.
package struct PrepareWork: Sendable {
    package var order: CertificateOrder
    /// Host → its steps. For a shared order the birth member comes first in ``birth``, the others in ``copies``.
    package var birth: HostSteps?
    package var copies: [HostSteps]
    /// Members that could not be surveyed: the key cannot be brought there now, so the order is not switched.
    package var missing: [String: Fault]

    package init(order: CertificateOrder, birth: HostSteps?, copies: [HostSteps] = [], missing: [String: Fault] = [:]) {
        self.order = order
        self.birth = birth
        self.copies = copies
        self.missing = missing
    }
}

/// Steps of one host in their order.
package struct HostSteps: Sendable {
    package var host: String
    package var steps: [PlannedStep]
    /// Run at the end whatever happened.
    package var finally: [PlannedStep]
    /// The services that the steps stop and start; `["*"]` for all of the product's.
    package var restarts: [String] = []
    /// Restarts that are owed when the steps are done, here or on other servers.
    package var owes: [OwedRestart] = []

    package init(host: String, steps: [PlannedStep], finally: [PlannedStep] = []) {
        self.host = host
        self.steps = steps
        self.finally = finally
    }
}

/// Switches of one pool that are done together, one member at a time.
package struct SwitchPass: Sendable {
    /// Ids of the orders.
    package var orders: [String]
    package var members: [HostSteps]
    /// Nothing is assigned: services that are owed a restart are restarted.
    package var isRestart = false
    /// Servers, of other pools too, that take the change up by themselves: looked at side by side after the members.
    package var readers: [ReaderSteps]
    /// Whether a member is out of service meanwhile. Where it is not, there is nothing to ask before it and no canary.
    package var interrupts: Bool

    package init(
        orders: [String], members: [HostSteps], readers: [ReaderSteps] = [], interrupts: Bool = true
    ) {
        self.orders = orders
        self.members = members
        self.readers = readers
        self.interrupts = interrupts
    }
}

/// What one server is asked after a switch that was made elsewhere.
package struct ReaderSteps: Sendable {
    package var pool: Pool
    package var steps: HostSteps

    package init(pool: Pool, steps: HostSteps) {
        self.pool = pool
        self.steps = steps
    }
}

/// What is to be done in one pool.
package struct PoolPlan: Sendable {
    package var pool: Pool
    package var orders: [PlannedOrder]
    package var prepare: [PrepareWork]
    package var passes: [SwitchPass]
    /// Member → reads that must hold before that member is switched; the steps' key names the host that is asked.
    package var gates: [String: [PlannedStep]]
    /// Hosts that could not be surveyed.
    package var unreachable: [String: Fault]
    /// What endangers the certificates of its servers, with what mends it.
    package var trust: [TrustFinding] = []
    /// Why nothing at all may be done in this pool.
    package var blocked: Fault?
    /// A sentence about orders that no procedure covers: their names are worked out, their servers left alone.
    package var unmanaged: String?
    /// The passes without some orders (by id): one that rests takes no part, and its services do not restart for it.
    package var passesWithout: @Sendable (Set<String>) -> [SwitchPass]

    package init(
        pool: Pool, orders: [PlannedOrder] = [], prepare: [PrepareWork] = [], passes: [SwitchPass] = [],
        gates: [String: [PlannedStep]] = [:], unreachable: [String: Fault] = [:], blocked: Fault? = nil,
        unmanaged: String? = nil, passesWithout: (@Sendable (Set<String>) -> [SwitchPass])? = nil
    ) {
        self.pool = pool
        self.orders = orders
        self.prepare = prepare
        self.passes = passes
        self.gates = gates
        self.unreachable = unreachable
        self.blocked = blocked
        self.unmanaged = unmanaged
        self.passesWithout = passesWithout ?? { without in passes.filter { without.isDisjoint(with: $0.orders) } }
    }

    package var hasWork: Bool { !prepare.isEmpty || !passes.isEmpty }

    /// Whether something is due, though it may be held back.
    package var isDue: Bool { orders.contains { $0.need.isWork && $0.isManaged } }

    /// Whether no order of the pool is covered by a procedure.
    package var isUnmanaged: Bool { unmanaged != nil && !orders.contains(where: \.isManaged) }
}

/// Everything that one run will do.
package struct Plan: Sendable {
    /// The command as it was given, for people: `rollout fe-lyon`.
    package var command: String
    package var pools: [PoolPlan]
    package var created: Date
    /// The plans of restarts that follow from changes on other servers, as far as they belong to this run.
    package var followUp: @Sendable ([OwedRestart]) -> [PoolPlan] = { _ in [] }
    /// Restarts that former runs left owing in the plan's pools.
    package var owed: [OwedRestart] = []

    package init(command: String, pools: [PoolPlan], created: Date) {
        self.command = command
        self.pools = pools
        self.created = created
    }

    package var hasWork: Bool { pools.contains(where: \.hasWork) }
}
