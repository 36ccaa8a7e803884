import FleetModel

final class WebEnrollmentAuthority: AuthorityBackEnd {
    init(settings: WebEnrollmentSettings, chainPaths: [String], ledger: SubmissionLedger) {}
    func pending() -> PendingList { PendingList() }
    func cancel(_ request: PendingRequest) throws -> Bool { false }
    func issue(_ request: CheckedRequest) -> IssueOutcome {
        .failed(Fault("authority.later", .failed, "web enrollment is not in this version yet"))
    }
}
