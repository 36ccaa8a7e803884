#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import ChildProcess
import Dispatch
import FleetModel
import Synchronization

/// An authority behind a program of the operator's: the request on its standard input, the answer on its standard output.
///
/// Exit 0 with a certificate: issued. 75: waits; the program is started again with the same request when asked after,
/// and has to recognise it. 77: denied. Any other status: failed, and nothing was ordered. A program that was ended
/// from outside, or that says 0 without a certificate, may have ordered: it is not started again for that request
/// before somebody has looked.
final class CommandAuthority: AuthorityBackEnd {
    private let argv: [String]
    private let limit: Duration
    private let folder: String
    private let ledger: SubmissionLedger
    private let judge: AnswerJudge

    private var faults: AuthorityFaults { ledger.faults }
    private var program: String { argv.first ?? "" }

    init(argv: [String], limit: Duration, folder: String, chainPaths: [String], ledger: SubmissionLedger) {
        self.argv = argv
        self.limit = limit
        self.folder = folder
        self.ledger = ledger
        judge = AnswerJudge(faults: ledger.faults, chainPaths: chainPaths)
    }

    func pending() -> PendingList { ledger.pending() }

    func cancel(_ request: PendingRequest) throws -> Bool { try ledger.cancel(request) }

    func issue(_ request: CheckedRequest) -> IssueOutcome {
        do {
            let known = try ledger.find(request)
            if let settled = known.flatMap({ judge.settled($0, request) }) { return settled }
            if known?.state == .submitted { return .unknown(unknown("it was started before and its end was not seen")) }
            let submission = known ?? Submission(request)
            if known == nil { try ledger.write(submission) }
            return try settle(run(request, submission).get(), submission, request)
        } catch let error as ChildProcessError where error.code == .timedOut {
            return .unknown(unknown("it \(error.message)"))
        } catch let error as ChildProcessError {
            return notStarted(error, request)
        } catch {
            return .failed(faults.fault(error))
        }
    }

    private func notStarted(_ error: ChildProcessError, _ request: CheckedRequest) -> IssueOutcome {
        do {
            try ledger.remove(Submission.id(of: request.request))
            return .failed(
                faults.fault("command", "\(error)", hint: "look at argv of the authority in the inventory"))
        } catch {
            return .failed(faults.fault(error))
        }
    }

    private func settle(
        _ result: ChildResult, _ submission: Submission, _ request: CheckedRequest
    ) throws -> IssueOutcome {
        var submission = submission
        switch result.ending {
        case .exited(0):
            return try taken(result, submission, request)
        case .exited(75):
            submission.state = .waiting
            submission.text = said(result)
            try ledger.write(submission)
            return .pending(id: submission.id, text: "\(faults.authority): waits for an answer\(quoted(result))")
        case .exited(let status):
            try ledger.remove(submission.id)
            let denied = status == 77
            let fault = faults.fault(
                denied ? "denied" : "command",
                "\(program) \(denied ? "denied the request" : "failed with exit status \(status)")\(quoted(result))")
            return denied ? .denied(fault) : .failed(fault)
        case .signalled, .unknown:
            return .unknown(unknown("it ended in a way that says nothing (\(result.ending))\(quoted(result))"))
        }
    }

    private func taken(_ result: ChildResult, _ submission: Submission, _ request: CheckedRequest) throws
        -> IssueOutcome
    {
        guard !result.output.isTruncated, let found = try? CertificateBundle.read(Data(result.output.bytes)) else {
            return .unknown(unknown("it ended well but its output is no certificate\(quoted(result))"))
        }
        let own = found.filter { $0.publicKey == request.request.publicKey }.max { $0.notBefore < $1.notBefore }
        guard let certificate = own ?? found.first else { return .unknown(unknown("it gave no certificate")) }
        return try judge.settle(submission, with: certificate, beside: found, request: request, ledger: ledger)
    }

    private func unknown(_ words: String) -> Fault {
        faults.fault(
            "unknown-outcome", "the outcome of \(program) is unknown: \(words)",
            hint:
                "see whether it has ordered; then certfleet pending list, and certfleet pending cancel ID to order anew"
        )
    }

    private func said(_ result: ChildResult) -> String {
        let text = result.errors.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.count > 400 ? text.prefix(400) + "…" : text
    }

    private func quoted(_ result: ChildResult) -> String {
        let text = said(result)
        return text.isEmpty ? "" : ": \"\(text)\""
    }

    /// Waits for the program on the authority's own queue, which is no cooperative thread.
    /// Waits for the program on the authority's own queue, which is no cooperative thread.
    private func run(_ request: CheckedRequest, _ submission: Submission) -> Result<ChildResult, any Error> {
        let command = ChildCommand(
            program, Array(argv.dropFirst()), environment: environment(submission), folder: folder,
            input: .bytes(Array(request.request.pem)))
        let answer = Answer()
        Task { [limit] in
            do {
                answer.give(.success(try await command.run(limit: limit)))
            } catch {
                answer.give(.failure(error))
            }
        }
        return answer.wait()
    }

    /// One result, handed from a task to the queue that waits for it.
    private final class Answer: Sendable {
        private let given = DispatchSemaphore(value: 0)
        private let result = Mutex<Result<ChildResult, any Error>>(.failure(CancellationError()))

        func give(_ result: Result<ChildResult, any Error>) {
            self.result.withLock { $0 = result }
            given.signal()
        }

        func wait() -> Result<ChildResult, any Error> {
            given.wait()
            return result.withLock { $0 }
        }
    }

    /// What programs usually want, and no more: our own environment may hold secrets.
    private func environment(_ submission: Submission) -> [String: String] {
        let names = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "KRB5CCNAME", "SSH_AUTH_SOCK"]
        var found = ProcessInfo.processInfo.environment.filter { names.contains($0.key) || $0.key.hasPrefix("LC_") }
        found["CERTFLEET_AUTHORITY"] = faults.authority
        found["CERTFLEET_ORDER"] = submission.order
        found["CERTFLEET_HOST"] = submission.host
        found["CERTFLEET_REQUEST"] = submission.id
        return found
    }
}
