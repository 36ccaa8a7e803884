import FleetModel

/// Sees to it that a wrong password is shown to one host and not to five hundred: directories lock accounts.
///
/// The first host that asks tries it; the others wait for what comes of it. Accepted once, it is offered to all; refused,
/// to nobody any more in this run. When the first host does not come to an end, the next one tries.
actor PasswordTrials {
    /// A secret under which somebody signs in.
    struct Account: Hashable, Sendable {
        var user: String
        var secret: String
    }

    /// What came of a host's sign-in.
    enum Outcome: Sendable {
        case accepted, refused
        /// It ended before the password was judged.
        case undecided
    }

    private struct Waiting {
        var host: String
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Standing {
        var isAccepted = false
        var refusedBy: String?
        /// Who may have shown the password, and has not said what came of it.
        var permitted: Set<String> = []
        /// Who is trying now.
        var trying: String?
        var waiting: [Int: Waiting] = [:]
    }

    private var standings: [Account: Standing] = [:]
    private var last = 0
    private let patience: Duration
    private let clock: any Clock<Duration>

    /// - Parameter patience: How long the others wait for a host that tries, before the next one does.
    init(patience: Duration = .seconds(10), clock: any Clock<Duration> = ContinuousClock()) {
        self.patience = patience
        self.clock = clock
    }

    /// Returns when this host may offer the password.
    ///
    /// - Throws: ``Fault`` `ssh.password-withheld` when it was refused elsewhere; `CancellationError`.
    func permit(_ account: Account, on host: String) async throws {
        let standing = standings[account, default: Standing()]
        if standing.isAccepted || standing.trying == host {
            standings[account]?.permitted.insert(host)
            return
        }
        if let other = standing.refusedBy { throw Self.withheld(account, other) }
        guard standing.trying != nil else { return begin(account, host) }
        last += 1
        let id = last
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                standings[account]?.waiting[id] = Waiting(host: host, continuation: continuation)
                if Task.isCancelled { leave(account, id) }
            }
        } onCancel: {
            Task { await self.leave(account, id) }
        }
    }

    /// A host's sign-in is over.
    func ended(_ account: Account, on host: String, _ outcome: Outcome) {
        guard var standing = standings[account], standing.permitted.remove(host) != nil else { return }
        let isTrying = standing.trying == host
        if isTrying { standing.trying = nil }
        switch outcome {
        case .accepted: standing.isAccepted = true
        // A password that is right elsewhere was refused for reasons of this host's own.
        case .refused: if !standing.isAccepted { standing.refusedBy = standing.refusedBy ?? host }
        case .undecided: break
        }
        standings[account] = standing
        if standing.isAccepted || standing.refusedBy != nil {
            for id in standing.waiting.keys { release(account, id) }
        } else if isTrying {
            next(account)
        }
    }

    private func begin(_ account: Account, _ host: String) {
        standings[account, default: Standing()].trying = host
        standings[account]?.permitted.insert(host)
        Task {
            try await clock.sleep(for: patience)
            expire(account, host)
        }
    }

    private func expire(_ account: Account, _ host: String) {
        guard standings[account]?.trying == host else { return }
        standings[account]?.trying = nil
        next(account)
    }

    private func next(_ account: Account) {
        guard let id = standings[account]?.waiting.keys.min(), let host = standings[account]?.waiting[id]?.host else {
            return
        }
        begin(account, host)
        release(account, id)
    }

    private func release(_ account: Account, _ id: Int) {
        guard let waiting = standings[account]?.waiting.removeValue(forKey: id) else { return }
        if let other = standings[account]?.refusedBy {
            waiting.continuation.resume(throwing: Self.withheld(account, other))
        } else {
            standings[account]?.permitted.insert(waiting.host)
            waiting.continuation.resume()
        }
    }

    private func leave(_ account: Account, _ id: Int) {
        standings[account]?.waiting.removeValue(forKey: id)?.continuation.resume(throwing: CancellationError())
    }

    private static func withheld(_ account: Account, _ host: String) -> Fault {
        Fault(
            "ssh.password-withheld", .refused,
            "the password of \(account.user) was refused on \(host) and is not tried here, lest the account be locked",
            hint: "correct the secret '\(account.secret)', or the account, and begin again")
    }
}
