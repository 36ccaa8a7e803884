#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel

/// The conversation about one request.
struct EnrollmentTalk {
    enum Step {
        case outcome(IssueOutcome)
        /// Fetched, and not yet held against the request.
        case certificate(Certificate, Submission)
    }

    let wire: any EnrollmentWire
    let settings: WebEnrollmentSettings
    let faults: AuthorityFaults
    let ledger: SubmissionLedger
    /// Rule C7: the authority works while we wait.
    let submitLimit: Duration

    private static let limit = Duration.seconds(30)

    private var authority: String {
        String(settings.url.dropFirst("https://".count).prefix { $0 != "/" && $0 != ":" })
    }

    // MARK: Submitting

    /// Signs in, writes the submission down, sends it, and goes as far as the answer leads.
    func submit(_ request: CheckedRequest) throws -> Step {
        if let refusal = try signIn() { return .outcome(refusal) }
        let submission = Submission(request)
        try ledger.write(submission)
        let answer: WebAnswer
        do {
            answer = try wire.post(
                "certfnsh.asp", form: Self.form(request.request, template: settings.template), limit: submitLimit)
        } catch let error where !error.maybeSent {
            try ledger.remove(submission.id)
            throw unreachable(error)
        } catch {
            return .outcome(.unknown(Self.lookForIt(submission, error.reason, settings: settings, faults: faults)))
        }
        // From 500 on the page broke in the middle of its work, and nobody knows where.
        if answer.status != 200, answer.status < 500 {
            try ledger.remove(submission.id)
            throw refusal(answer)
        }
        return try read(answer, submission)
    }

    /// NTLM signs in the connection, so this is done with an empty body first; and whoever is refused here has ordered
    /// nothing.
    private func signIn() throws -> IssueOutcome? {
        do {
            let answer = try wire.get("", limit: Self.limit)
            return answer.status == 200 ? nil : .failed(refusal(answer))
        } catch {
            throw unreachable(error)
        }
    }

    private static func form(_ request: CertificateRequest, template: String?) -> [(name: String, value: String)] {
        [
            ("Mode", "newreq"), ("CertRequest", String(decoding: request.pem, as: UTF8.self)),
            ("CertAttrib", template.map { "CertificateTemplate:\($0)\r\n" } ?? ""),
            ("FriendlyType", "Saved-Request Certificate"), ("TargetStoreFlags", "0"), ("SaveCert", "yes"),
            ("ThumbPrint", ""),
        ]
    }

    private func read(_ answer: WebAnswer, _ submission: Submission) throws -> Step {
        let page = EnrollmentPage(answer)
        if answer.status == 200 {
            if let id = page.issuedID { return try fetch(try known(submission, as: id)) }
            let denial = page.failures.first(where: FailureCode.isDenial)
            if page.isDenied || denial != nil {
                try ledger.remove(submission.id)
                return .outcome(.denied(self.denial(page, denial ?? page.failures.first, id: nil)))
            }
            if let code = page.failures.first {
                try ledger.remove(submission.id)
                return .outcome(.failed(failure(page, code)))
            }
            if let id = confirmed(page) {
                let taken = try known(submission, as: id)
                return .outcome(waiting(taken))
            }
        }
        let path = try ledger.keepEvidence(Data(answer.body), of: submission.id)
        let why = "the answer (HTTP \(answer.status)) is unclear and kept in \(path)"
        return .outcome(.unknown(Self.lookForIt(submission, why, settings: settings, faults: faults)))
    }

    /// The number under which the authority says that it holds a request: the page's cookie, or the only number of its
    /// text that stands for a request that waits.
    private func confirmed(_ page: EnrollmentPage) -> String? {
        let candidates = page.candidates
        let isWaiting = { (id: String) in
            (try? self.wire.get(Self.certificatePath(id), limit: Self.limit)).map {
                $0.contentType != Self.certificateType && EnrollmentPage($0).disposition == 5
            } ?? false
        }
        if let sure = candidates.sure.last, isWaiting(sure) { return sure }
        let found = candidates.unsure.filter(isWaiting)
        return found.count == 1 ? found.first : nil
    }

    /// Before anything else is done with it.
    private func known(_ submission: Submission, as id: String) throws -> Submission {
        var submission = submission
        submission.state = .waiting
        submission.requestID = id
        try ledger.write(submission)
        return submission
    }

    // MARK: Fetching

    private static let certificateType = "application/pkix-cert"

    private static func certificatePath(_ id: String) -> String { "certnew.cer?ReqID=\(id)&Enc=b64" }

    /// Asks after a request whose number is known; never hands anything in.
    func fetch(_ submission: Submission) throws -> Step {
        guard let id = submission.requestID else {
            throw faults.fault("ledger", "the record of request \(submission.id) lacks its number")
        }
        let answer: WebAnswer
        do {
            answer = try wire.get(Self.certificatePath(id), limit: Self.limit)
        } catch let error where error.isTransient {
            return .outcome(
                .pending(
                    id: id, text: "\(faults.authority): request \(id) is at the CA, which cannot be asked: \(error)"))
        } catch {
            throw unreachable(error)
        }
        guard answer.status == 200 else { throw refusal(answer) }
        if answer.contentType == Self.certificateType {
            let found = try CertificateBundle.read(Data(answer.body))
            guard let first = found.first else { throw faults.fault("web", "request \(id) has an empty certificate") }
            return .certificate(first, submission)
        }
        return .outcome(try standing(EnrollmentPage(answer), answer, submission, id))
    }

    private func standing(
        _ page: EnrollmentPage, _ answer: WebAnswer, _ submission: Submission, _ id: String
    ) throws -> IssueOutcome {
        if page.disposition == 5 { return waiting(submission) }
        let code = page.lastStatus ?? page.failures.first
        if page.disposition == 2 || page.isDenied {
            try ledger.remove(submission.id)
            return .denied(denial(page, code, id: id))
        }
        if page.disposition == 6 {
            return .failed(faults.fault("revoked", "the certificate of request \(id) was revoked"))
        }
        if code == 0x8009_4004 {
            return .failed(
                faults.fault(
                    "no-such-request", "the CA does not know request \(id)",
                    hint: "was the CA rebuilt? certfleet pending cancel \(id) orders anew"))
        }
        if let code { return .failed(failure(page, code)) }
        let path = try ledger.keepEvidence(Data(answer.body), of: submission.id)
        return .unknown(
            faults.fault(
                "unknown-outcome", "how request \(id) stands is unclear; the page is kept in \(path)",
                hint: "look at request \(id) on the CA"))
    }

    private func waiting(_ submission: Submission) -> IssueOutcome {
        let id = submission.requestID ?? submission.id
        return .pending(id: id, text: "\(faults.authority): request \(id) waits for approval on CA \(authority)")
    }

    // MARK: Chain

    /// The authority's own certificates; none when the pages do not give them, for the inventory's may do.
    func issuers(of certificate: Certificate) -> [Certificate] {
        guard let page = try? wire.get("certcarc.asp", limit: Self.limit), page.status == 200,
            let newest = EnrollmentPage(page).renewals
        else { return [] }
        var all: [Certificate] = []
        for renewal in stride(from: newest, through: max(0, newest - 20), by: -1) {
            guard
                let answer = try? wire.get(
                    "certnew.p7b?ReqID=CACert&Renewal=\(renewal)&Enc=b64", limit: Self.limit),
                answer.contentType == "application/x-pkcs7-certificates"
            else { continue }
            all += (try? CertificateBundle.read(Self.pkcs7(answer.body))) ?? []
            if all.contains(where: { certificate.isSigned(by: $0) }) { break }
        }
        return all
    }

    /// The armour says CERTIFICATE although it holds PKCS#7.
    private static func pkcs7(_ body: [UInt8]) -> Data {
        guard let text = String(validating: body, as: UTF8.self), text.contains("-----BEGIN CERTIFICATE-----") else {
            return Data(body)
        }
        return Data(
            text.replacing("-----BEGIN CERTIFICATE-----", with: "-----BEGIN PKCS7-----")
                .replacing("-----END CERTIFICATE-----", with: "-----END PKCS7-----").utf8)
    }
}
