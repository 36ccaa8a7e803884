#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel

/// Holds what an authority gave against what was asked, and finds its chain (rule C5).
struct AnswerJudge: Sendable {
    var faults: AuthorityFaults
    /// Files with issuers and roots that the inventory names.
    var chainPaths: [String]
    /// Whether roots that came with the answer will do where the inventory names none.
    var trustsAnswer = false

    /// - Throws: ``Fault`` `authority.answer-differs` when the certificate is not what was ordered.
    func compare(_ certificate: Certificate, with request: CheckedRequest, hint: String) throws(Fault) {
        let comparison = CertificateComparison(order: request.order, now: request.now)
        let differences = comparison.differences(of: certificate, request: request.request)
        guard differences.isEmpty else {
            throw faults.fault(
                "answer-differs",
                "the answer \(certificate.thumbprint) is not what was ordered: \(differences.joined(separator: "; "))",
                hint: hint, details: differences)
        }
    }

    /// The certificate with its way to a trusted root.
    ///
    /// - Throws: ``Fault`` `authority.chain`.
    func answer(_ certificate: Certificate, beside others: [Certificate], now: Date, hint: String) throws
        -> IssuedCertificate
    {
        let configured = try chainPaths.flatMap { try faults.certificates(in: $0) }
        let trusted = configured.filter(\.isSelfIssued)
        let roots = trusted.isEmpty && trustsAnswer ? others.filter(\.isSelfIssued) : trusted
        do {
            let path = try CertificateChain.verify(
                certificate, intermediates: configured + others, roots: roots, at: now)
            return IssuedCertificate(
                certificate: certificate.der, chain: path.dropFirst().map(\.der), thumbprint: certificate.thumbprint,
                serial: certificate.serial)
        } catch {
            throw faults.fault(
                "chain", "the answer \(certificate.thumbprint) does not lead to a trusted root: \(error)", hint: hint)
        }
    }
}

extension AnswerJudge {
    private static let lookAndCancel =
        "see what the authority has made of it; certfleet pending cancel ID orders anew"

    /// What is known of a submission without asking: its certificate while that is valid, or its refusal.
    func settled(_ submission: Submission, _ request: CheckedRequest) -> IssueOutcome? {
        switch submission.state {
        case .submitted, .waiting: return nil
        case .refused:
            return .failed(
                Fault("authority.answer-differs", .failed, submission.text ?? "refused", hint: Self.lookAndCancel))
        case .issued:
            do {
                return .issued(try answer(submission, now: request.now))
            } catch {
                return .failed(faults.fault(error))
            }
        }
    }

    private func answer(_ submission: Submission, now: Date) throws -> IssuedCertificate {
        guard let certificate = submission.certificate else {
            throw faults.fault("ledger", "the record of request \(submission.id) lacks its certificate")
        }
        return try answer(
            Certificate(certificate), beside: try (submission.chain ?? []).map { try Certificate($0) }, now: now,
            hint: "name the files of the issuing and root certificates under the authority's chain")
    }

    /// Takes a certificate as the answer to a submission and writes down what became of it.
    ///
    /// A wrong one is written down too: the authority has answered, and the same request is not handed in again.
    func settle(
        _ submission: Submission, with certificate: Certificate, beside others: [Certificate],
        request: CheckedRequest, ledger: SubmissionLedger
    ) throws -> IssueOutcome {
        var submission = submission
        do {
            try compare(certificate, with: request, hint: Self.lookAndCancel)
        } catch {
            submission.state = .refused
            submission.text = error.message
            try ledger.write(submission)
            return .failed(error)
        }
        submission.state = .issued
        submission.certificate = certificate.der
        submission.chain = others.filter { $0 != certificate }.map(\.der)
        try ledger.write(submission)
        // After the record: a chain that cannot be built today must not lose the certificate.
        return .issued(try answer(submission, now: request.now))
    }
}
