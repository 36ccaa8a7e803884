#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import Certificates
import Dispatch
package import FleetModel

/// Hands each request to the authority that its order names.
///
/// Made anew for each run: files of authorities are opened at their first use and read once. Nothing here remembers
/// what was ordered; that is in the folders, so another process finds it (rule C2).
package struct AuthorityRouter: CertificateIssuing {
    private let lanes: [String: AuthorityLane]
    private let now: @Sendable () -> Date

    /// - Parameter authorities: By name, as the inventory has them, paths absolute.
    /// - Parameter now: The clock that certificates begin by and that answers are checked against.
    package init(authorities: [String: AuthorityDefinition], now: @escaping @Sendable () -> Date = { Date() }) {
        self.now = now
        lanes = authorities.mapValues { definition in
            switch definition.kind {
            case .local(let certificate, let key, let days, let issued):
                AuthorityLane(
                    LocalAuthority(
                        name: definition.name, certificatePath: certificate, keyPath: key, days: days,
                        chainPaths: definition.chain, issuedFolder: issued))
            case .dropFolder(let outbox, let inbox):
                AuthorityLane(
                    DropFolderAuthority(
                        name: definition.name, outbox: outbox, inbox: inbox, chainPaths: definition.chain))
            }
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
            let checked = CheckedRequest(
                order: request.order, host: request.host, request: try CertificateRequest(request.request), now: date)
            return await lane.run { $0.issue(checked) }
        } catch {
            return .denied(faults.fault(error))
        }
    }

    /// What waits in the outboxes of all authorities, by authority and file.
    package func pending() async -> PendingList {
        var all = PendingList()
        for name in lanes.keys.sorted() {
            guard let list = await lanes[name]?.run({ $0.pending() }) else { continue }
            all.requests += list.requests
            all.notes += list.notes
        }
        return all
    }
}

/// An authority with its queue: one call at a time, none on a cooperative thread.
private struct AuthorityLane: Sendable {
    private let queue = DispatchQueue(label: "authority", qos: .userInitiated)
    private let backEnd: any AuthorityBackEnd

    init(_ backEnd: any AuthorityBackEnd) {
        self.backEnd = backEnd
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (any AuthorityBackEnd) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { [backEnd] in continuation.resume(returning: body(backEnd)) }
        }
    }
}
