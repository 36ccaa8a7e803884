import FleetModel

/// An authority that servers ask by themselves: no request of theirs comes here.
struct HostOnlineAuthority: AuthorityBackEnd {
    var name: String

    func issue(_ request: CheckedRequest) -> IssueOutcome {
        .failed(
            AuthorityFaults(authority: name).fault(
                "host-online", "servers ask it by themselves; a request cannot be handed in here",
                hint: "the procedure needs `authorities: [host-online]`"))
    }

    func pending() -> PendingList { PendingList() }

    func cancel(_ request: PendingRequest) throws -> Bool { false }
}
