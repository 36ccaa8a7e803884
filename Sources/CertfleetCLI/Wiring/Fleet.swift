import Authorities
import Certificates
package import FleetModel
package import Foundation
import Planning
import Running
import SSHTransport
import TLSEndpoint

/// A project at work: surveys hosts, makes plans, runs them. What is done here is only the joining of rooms.
struct Fleet: Sendable {
    let project: Project
    let authorities: AuthorityFiles
    let connector: SSHConnector
    let links: HostLinks
    let secrets: SecretStore
    let relay: EventRelay
    let stop: StopRequest
    let surroundings: Surroundings

    /// - Throws: ``Refusal`` when an authority's files cannot be read.
    init(
        _ project: Project, reason: String, terminal: Terminal, surroundings: Surroundings = .process,
        observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws {
        self.project = project
        self.surroundings = surroundings
        authorities = try AuthorityFiles.read(project.inventory)
        relay = EventRelay(observer: observer)
        stop = StopRequest()
        secrets = SecretStore(project.inventory.secrets, prompt: SecretPrompt.prompt(terminal))
        let hosts = project.inventory.pools.reduce(0) { $0 + $1.hosts.count }
        let limit = OpenFiles.raise()
        let width = project.inventory.descriptorsPerHost
        let places = max(1, OpenFiles.hosts(under: limit) / width)
        connector = SSHConnector(
            signIn: HostSignIn(
                inventory: project.inventory,
                workers: try SSHWorkers(sessions: OpenFiles.connections(under: limit)), secrets: secrets,
                access: HostAccess(secrets: secrets, say: terminal.say)),
            procedures: project.procedures, signatures: project.signatures)
        links = HostLinks(
            connector: connector, sink: relay, clock: ContinuousClock(), reason: reason, places: places)
        if hosts > places {
            terminal.say(
                """
                note: \(hosts) hosts, and with \(limit) open files \(places) of them fit at once; the others wait
                hint: ulimit -n \(hosts * width + hosts * width / 4 + 100), or LimitNOFILE= of the service

                """)
        }
    }

    /// Ends all connections. The last thing that is done with it.
    func close() async {
        await links.closeAll()
        await connector.signIn.close()
    }

    // MARK: Survey

    /// Looks at all hosts of the pools, side by side. Pools that no survey fits are named, not managed: their hosts are
    /// left alone and are not in the result.
    ///
    /// - Parameter hosts: Looks at these alone; `nil`: at all.
    func survey(_ pools: [String], only hosts: Set<String>? = nil) async -> [String: SurveyResult] {
        let planner = Planner(input(run: "", command: "", selection: PlanSelection(pools: pools), facts: [:]))
        return await withTaskGroup(of: (String, SurveyResult).self) { group in
            for pool in planner.surveyed(for: pools.compactMap(project.inventory.pool)) {
                for host in pool.hosts {
                    guard hosts?.contains(host.name) ?? true else { continue }
                    guard let steps = planner.survey(of: host, in: pool) else { continue }
                    group.addTask { (host.name, await survey(host, in: pool, steps: steps)) }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private func survey(_ host: FleetModel.Host, in pool: Pool, steps: [PlannedStep]) async -> SurveyResult {
        do {
            let results = try await links.using(host, in: pool) {
                try await Surveyor(sink: relay).survey(steps, over: $0)
            }
            return .facts(try FactsReading.facts(of: host.name, from: results))
        } catch let fault as Fault {
            return .failed(fault.on(host.name))
        } catch {
            return .failed(Fault("survey.failed", .failed, host: host.name, "\(error)"))
        }
    }

    /// Reads the published topology from one host.
    func topology(from host: FleetModel.Host, in pool: Pool) async throws -> PublishedTopology {
        let planner = Planner(input(run: "", command: "", selection: PlanSelection(pools: [pool.name]), facts: [:]))
        guard let steps = planner.topology(from: host, in: pool) else {
            throw Refusal(
                .noTarget,
                "\(host.name) is not asked for the topology: no procedure reads it from \(pool.type.rawValue) servers of version \(pool.version.rawValue)\n  hint: name a Front End or Director"
            )
        }
        do {
            return try TopologyReading.topology(
                from: try await links.using(host, in: pool) { try await Surveyor(sink: relay).survey(steps, over: $0) })
        } catch let fault as Fault {
            throw fault.on(host.name)
        }
    }

    // MARK: Plan

    /// - Parameter owed: For a request that restarts: what all runs have left owing.
    func plan(
        _ request: RunRequest, run: String, facts: [String: SurveyResult], history: RunHistory = RunHistory(),
        owed: [OwedRestart] = []
    ) -> Plan {
        var input = self.input(run: run, command: request.command, selection: request.selection, facts: facts)
        input.history = history
        input.lead = request.lead
        input.accepted = request.accepted
        input.defersRestarts = request.defersRestarts ?? false
        input.restart = request.restart.map { hosts in owed.filter { hosts.contains($0.host) } }
        let now = surroundings.now()
        let local = Int(now.timeIntervalSince1970) + TimeZone.current.secondsFromGMT(for: now)
        input.minuteOfDay = (local % 86_400 + 86_400) % 86_400 / 60
        input.assignsWaiting = request.assignsWaiting ?? false
        return Planner(input).plan()
    }

    private func input(
        run: String, command: String, selection: PlanSelection, facts: [String: SurveyResult]
    ) -> PlanningInput {
        PlanningInput(
            command: command, run: run, inventory: project.inventory, procedures: project.procedures, facts: facts,
            chains: authorities.bundles, selection: selection, now: surroundings.now())
    }

    // MARK: Run

    func run(_ plan: Plan, id: String, history: RunHistory) async -> (state: RunState, exitCode: ExitCode) {
        let tools = RunTools(
            links: links, issuer: AuthorityRouter(project, secrets: secrets, now: surroundings.now),
            secrets: secrets,
            checker: CertificateChecker(roots: authorities.roots),
            prober: TLSProbe(rootSubjects: authorities.roots.map(\.subjectDER)), sink: relay,
            clock: ContinuousClock(), now: surroundings.now, stop: stop, run: id, chains: authorities.chains)
        return await Runner(plan: plan, tools: tools, history: history).run()
    }
}

/// What the whole program is given from outside: the clock, and what stands before the journal.
package struct Surroundings: Sendable {
    package var now: @Sendable () -> Date
    /// Wraps the journal's sink; the crash runner kills the process at a chosen record here.
    package var journal: @Sendable (any EventSink) -> any EventSink

    package init(
        now: @escaping @Sendable () -> Date = { Date() },
        journal: @escaping @Sendable (any EventSink) -> any EventSink = { $0 }
    ) {
        self.now = now
        self.journal = journal
    }

    package static let process = Surroundings()
}

/// What a run was asked to do; kept with its plan, so that it can be resumed.
struct RunRequest: Sendable, Codable, Equatable {
    var command: String
    var selection: PlanSelection
    var leadMilliseconds: Int64?
    var accepted: Set<String>
    /// Absent in plans that older versions kept.
    var defersRestarts: Bool?
    /// Hosts whose owed restarts are to be done, and nothing else.
    var restart: Set<String>?
    /// Only what waits in the servers' stores is assigned.
    var assignsWaiting: Bool?

    var lead: Duration? { leadMilliseconds.map { .milliseconds($0) } }

    init(
        command: String, selection: PlanSelection, lead: Duration? = nil, accepted: Set<String> = [],
        defersRestarts: Bool = false, restart: Set<String>? = nil, assignsWaiting: Bool? = nil
    ) {
        self.command = command
        self.selection = selection
        self.leadMilliseconds = lead?.milliseconds
        self.accepted = accepted
        self.defersRestarts = defersRestarts ? true : nil
        self.restart = restart
        self.assignsWaiting = assignsWaiting
    }
}
