#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel
import Synchronization

/// The web pages of Active Directory Certificate Services.
///
/// Each submission is written down in three steps: before the form is sent, as soon as its number is known, and with
/// its certificate. A form whose answer was lost is never sent again by itself (rule C2).
final class WebEnrollmentAuthority: AuthorityBackEnd {
    /// Opens the conversation; tests answer by themselves.
    typealias Connect = @Sendable (WebEnrollmentSettings, Secret?, [UInt8]) throws(WebError) -> any EnrollmentWire

    static let curl: Connect = { (settings, password, trust) throws(WebError) in
        try CurlWire(settings, password: password, trust: trust)
    }

    private let settings: WebEnrollmentSettings
    private let ledger: SubmissionLedger
    private let judge: AnswerJudge
    private let submitLimit: Duration
    private let connect: Connect
    /// The authority's own certificates, asked for once per run.
    private let issuers = Mutex<[Certificate]>([])

    private var faults: AuthorityFaults { ledger.faults }

    init(
        settings: WebEnrollmentSettings, chainPaths: [String], ledger: SubmissionLedger, submitLimit: Duration,
        connect: @escaping Connect
    ) {
        self.settings = settings
        self.ledger = ledger
        self.submitLimit = submitLimit
        self.connect = connect
        judge = AnswerJudge(faults: ledger.faults, chainPaths: chainPaths)
    }

    var secretNames: [String] { settings.password.map { [$0] } ?? [] }

    func pending() -> PendingList { ledger.pending() }

    func cancel(_ request: PendingRequest) throws -> Bool { try ledger.cancel(request) }

    func issue(_ request: CheckedRequest) -> IssueOutcome {
        do {
            let known = try ledger.find(request)
            if let settled = known.flatMap({ judge.settled($0, request) }) { return settled }
            if let known, known.state == .submitted { return .unknown(lookForIt(known, "it was sent before")) }
            let talk = EnrollmentTalk(
                wire: try wire(request), settings: settings, faults: faults, ledger: ledger,
                submitLimit: submitLimit)
            let step = try known.map { try talk.fetch($0) } ?? talk.submit(request)
            switch step {
            case .outcome(let outcome): return outcome
            case .certificate(let certificate, let submission):
                return try judge.settle(
                    submission, with: certificate, beside: chain(for: certificate, talk), request: request,
                    ledger: ledger)
            }
        } catch {
            return .failed(faults.fault(error))
        }
    }

    private func wire(_ request: CheckedRequest) throws -> any EnrollmentWire {
        let paths = settings.trustFile.map { [$0] } ?? judge.chainPaths
        let all = try paths.flatMap { try faults.certificates(in: $0) }
        let roots = all.filter(\.isSelfIssued)
        let trust = CertificateBundle.pem(settings.trustFile == nil ? roots : all)
        do {
            return try connect(settings, settings.password.flatMap { request.secrets[$0] }, Array(trust))
        } catch {
            throw faults.fault("web", "\(error)")
        }
    }

    /// The authority's certificates, the newest renewal first; older ones only when the newest did not sign.
    private func chain(for certificate: Certificate, _ talk: EnrollmentTalk) -> [Certificate] {
        issuers.withLock { issuers in
            if !issuers.contains(where: { certificate.isSigned(by: $0) }) { issuers = talk.issuers(of: certificate) }
            return issuers
        }
    }

    private func lookForIt(_ submission: Submission, _ why: String) -> Fault {
        EnrollmentTalk.lookForIt(submission, why, settings: settings, faults: faults)
    }
}
