#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import FleetModel

extension EnrollmentTalk {
    static func lookForIt(
        _ submission: Submission, _ why: String, settings: WebEnrollmentSettings, faults: AuthorityFaults
    ) -> Fault {
        let who = settings.user ?? "this account"
        let since = submission.submittedAt.formatted(.iso8601)
        return faults.fault(
            "unknown-outcome",
            "the CA may have issued a certificate for \(submission.subject): \(why); it is not ordered again",
            hint: "look on the CA for requests by \(who) since \(since); then certfleet pending cancel \(submission.id)"
                + " orders anew")
    }

    func denial(_ page: EnrollmentPage, _ code: UInt32?, id: String?) -> Fault {
        let request = id.map { "request \($0)" } ?? "the request"
        let number = code.map { " (\(FailureCode.text($0)))" } ?? ""
        let words = code.flatMap { FailureCode.sentence($0, template: settings.template) }
        return faults.fault(
            "denied", "the CA denied \(request)\(number): \(words ?? page.quotation)",
            details: words == nil ? [] : [page.quotation])
    }

    func failure(_ page: EnrollmentPage, _ code: UInt32) -> Fault {
        let words = FailureCode.sentence(code, template: settings.template)
        return faults.fault(
            "failed", "the CA's pages failed with \(FailureCode.text(code)): \(words ?? page.quotation)",
            details: words == nil ? [] : [page.quotation])
    }

    func unreachable(_ error: WebError) -> Fault {
        // A handshake that fails half-way through NTLM ends without an answer.
        if error.heads.last?.status == 401 { return signInRefused(error.heads) }
        return faults.fault(
            "unreachable", "\(settings.url): \(error.reason)",
            hint: error.isTransient
                ? nil : "the server's certificate must lead to a root in ca_file, or in the authority's chain")
    }

    /// An answer that is no page of the authority's.
    func refusal(_ answer: WebAnswer) -> Fault {
        let page = EnrollmentPage(answer)
        let title = page.source.firstMatch(of: /<title[^>]*>([^<]*)/.ignoresCase()).map {
            HTMLEntities.decode(String($0.1)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let said = title.map { " (\"\($0)\")" } ?? ""
        switch answer.status {
        case 401: return signInRefused(answer.heads)
        case 403:
            return faults.fault(
                "web", "the CA's pages are forbidden\(said)",
                hint: "IIS may want TLS or a client certificate, or refuse this machine's address or this account")
        case 404:
            return faults.fault(
                "web", "there are no enrollment pages at \(settings.url)\(said)",
                hint: "is the role Certification Authority Web Enrollment installed, and the address right?")
        case 300..<400:
            let to = answer.heads.last?.values("location").last ?? "nowhere"
            return faults.fault(
                "web", "the CA's pages send us to \(to)",
                hint: "a sign-in page or a proxy stands before them; name the pages' own address")
        case 500...:
            return faults.fault(
                "web", "the CA's pages are broken: HTTP \(answer.status)\(said)",
                hint: "the role may be installed but not configured; open \(settings.url) in a browser")
        default:
            return faults.fault("web", "the CA's pages answered HTTP \(answer.status)\(said)")
        }
    }

    private func signInRefused(_ heads: [ResponseHead]) -> Fault {
        let refusal = SignInRefusal(authentication: settings.authentication, user: settings.user, heads: heads)
        let (text, hint) = refusal.words
        return faults.fault("sign-in", text, hint: hint)
    }
}
