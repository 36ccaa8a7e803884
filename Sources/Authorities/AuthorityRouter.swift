#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import Certificates
import Dispatch
package import FleetModel

/// What back ends need beside the inventory's words.
package struct AuthoritySurroundings: Sendable {
    /// The project's folder, where commands run.
    package var folder: String
    /// Where submissions are written down (`authorities/NAME` below it).
    package var stateFolder: String
    /// Brings a secret by its name in the inventory; throws a ``Fault`` when it cannot be had.
    package var secret: @Sendable (String) async throws -> Secret
    /// How long web pages may work on a request before its outcome counts as unknown (rule C7).
    package var submitLimit: Duration

    package init(
        folder: String, stateFolder: String, submitLimit: Duration = .seconds(120),
        secret: @escaping @Sendable (String) async throws -> Secret
    ) {
        self.folder = folder
        self.stateFolder = stateFolder
        self.secret = secret
        self.submitLimit = submitLimit
    }
}

/// Hands each request to the authority that its order names.
///
/// Made anew for each run: files of authorities are opened at their first use and read once. Nothing here remembers
/// what was ordered; that is in the folders, so another process finds it (rule C2).
package struct AuthorityRouter: CertificateIssuing {
    private let lanes: [String: AuthorityLane]
    private let secret: @Sendable (String) async throws -> Secret
    private let now: @Sendable () -> Date

    /// - Parameter authorities: By name, as the inventory has them, paths absolute.
    /// - Parameter now: The clock that certificates begin by and that answers are checked against.
    package init(
        authorities: [String: AuthorityDefinition], surroundings: AuthoritySurroundings,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(
            authorities: authorities, surroundings: surroundings, connect: WebEnrollmentAuthority.curl, now: now)
    }

    /// - Parameter connect: How web pages are reached.
    init(
        authorities: [String: AuthorityDefinition], surroundings: AuthoritySurroundings,
        connect: @escaping WebEnrollmentAuthority.Connect, now: @escaping @Sendable () -> Date
    ) {
        self.now = now
        secret = surroundings.secret
        lanes = authorities.mapValues { AuthorityLane(Self.backEnd($0, surroundings, connect)) }
    }

    private static func backEnd(
        _ definition: AuthorityDefinition, _ surroundings: AuthoritySurroundings,
        _ connect: @escaping WebEnrollmentAuthority.Connect
    ) -> any AuthorityBackEnd {
        let ledger = SubmissionLedger(
            stateFolder: surroundings.stateFolder, faults: AuthorityFaults(authority: definition.name))
        switch definition.kind {
        case .local(let certificate, let key, let days, let issued):
            return LocalAuthority(
                name: definition.name, certificatePath: certificate, keyPath: key, days: days,
                chainPaths: definition.chain, issuedFolder: issued)
        case .dropFolder(let outbox, let inbox):
            return DropFolderAuthority(
                name: definition.name, outbox: outbox, inbox: inbox, chainPaths: definition.chain)
        case .command(let argv, let limit):
            return CommandAuthority(
                argv: argv, limit: limit, folder: surroundings.folder, chainPaths: definition.chain, ledger: ledger)
        case .hostOnline:
            return HostOnlineAuthority(name: definition.name)
        case .webEnrollment(let settings):
            return WebEnrollmentAuthority(
                settings: settings, chainPaths: definition.chain, ledger: ledger,
                submitLimit: surroundings.submitLimit, connect: connect)
        }
    }

    package func issue(_ request: SigningRequest) async -> IssueOutcome {
        let name = request.order.authority
        let faults = AuthorityFaults(authority: name)
        guard let lane = lanes[name] else {
            let known = lanes.keys.sorted().joined(separator: ", ")
            return .failed(
                faults.fault("unknown", "the inventory has no such authority", hint: "it has: \(known)"))
        }
        let date = now()
        do {
            try CertificateChecker().check(request: request.request, order: request.order, now: date)
        } catch {
            return .denied(faults.fault(error))
        }
        do {
            var checked = CheckedRequest(
                order: request.order, host: request.host, request: try CertificateRequest(request.request), now: date)
            for name in lane.backEnd.secretNames { checked.secrets[name] = try await secret(name) }
            return await lane.run { [checked] in $0.issue(checked) }
        } catch {
            return .failed(faults.fault(error))
        }
    }

    /// What waits at all authorities, by authority and file.
    package func pending() async -> PendingList {
        var all = PendingList()
        for name in lanes.keys.sorted() {
            guard let list = await lanes[name]?.run({ $0.pending() }) else { continue }
            all.requests += list.requests
            all.notes += list.notes
        }
        return all
    }

    /// Forgets a request that waits: asked again, it is ordered anew.
    ///
    /// - Parameter id: As ``pending()`` shows it; `AUTHORITY/ID` where two have the same.
    /// - Throws: ``Fault`` `authority.no-such-request`, `authority.ambiguous`, or why it cannot be removed.
    package func cancel(_ id: String) async throws -> PendingRequest {
        let waiting = await pending().requests
        let found = waiting.filter { $0.id == id || "\($0.authority)/\($0.id)" == id }
        guard let request = found.first else {
            throw Fault(
                "authority.no-such-request", .failed, "no request '\(id)' waits", hint: "certfleet pending list")
        }
        guard found.count == 1 else {
            let ids = found.map { "\($0.authority)/\($0.id)" }.joined(separator: ", ")
            throw Fault("authority.ambiguous", .failed, "'\(id)' is the number of several requests", hint: ids)
        }
        let faults = AuthorityFaults(authority: request.authority)
        let result = await lanes[request.authority]?.run { backEnd in Result { try backEnd.cancel(request) } }
        do {
            guard try result?.get() == true else {
                throw faults.fault("no-such-request", "request \(id) is gone already")
            }
        } catch {
            throw faults.fault(error)
        }
        return request
    }
}

/// An authority with its queue: one call at a time, none on a cooperative thread.
private struct AuthorityLane: Sendable {
    private let queue = DispatchQueue(label: "authority", qos: .userInitiated)
    let backEnd: any AuthorityBackEnd

    init(_ backEnd: any AuthorityBackEnd) {
        self.backEnd = backEnd
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (any AuthorityBackEnd) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { [backEnd] in continuation.resume(returning: body(backEnd)) }
        }
    }
}
