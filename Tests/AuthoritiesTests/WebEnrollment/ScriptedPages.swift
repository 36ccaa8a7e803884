import Certificates
import FleetModel
import Foundation
import Synchronization

@testable import Authorities

/// Pages in the shapes of IIS, and a conversation that gives them out in order.
enum Pages {
    static let issued =
        #"<html><body><P ID=locInfo>The certificate you requested was issued to you.<A Href="certnew.cer?ReqID=42&amp;Enc=bin">Download</A></body></html>"#
    static func pending(_ words: String) -> String {
        "<HTML><Head><Title>x 77</Title></Head><BODY><P ID=locPageTitle><B>!</B><Script>var n=13;</Script><P ID=locInfo>\(words)</BODY></HTML>"
    }
    static let pendingWords = [
        "Your certificate request has been received. Your Request Id is 42. Return in 10 days.",
        "Votre demande de certificat a &#233;t&eacute; re&ccedil;ue. L'ID de votre demande est 42. Revenez dans 10 jours.",
        "Via atestila peto estas ricevita. Numero: 42; revenu post 10 tagoj.",
    ]
    static func denied(_ words: String, code: String = "0x80094800") -> String {
        "<html><body><P ID=locDenied><B>\(words)</B> \"\(words)  \(code), X: Server.\"</body></html>"
    }
    static func status(_ disposition: Int, _ code: String = "0x0 (WIN32: 0)") -> String {
        """
        <HTML><BODY><P ID=locPageTitle> <B> Erreur </B><DL>
        <DT ID=locDispLabel><Font Size=-1><B>Disposition :</B></Font></DT><DD>
        \t\t\(disposition) <LocID ID=locDispSpacer>-</LocID> <LocID ID=locDispUnknown>(inconnu)</LocID></DD>
        <DT ID=locDispMsgLabel><B>Message :</B></DT><DD>
        \t\tTaken Under Submission</DD>
        <DT ID=locLastStatLabel><B>Statut :</B></DT><DD>
        \t\tPhrase. \(code)</DD></DL></BODY></HTML>
        """
    }
    static let renewals = "<Script Language=\"JavaScript\">var nRenewals=1;</Script>"
}

/// Answers by path; each request is written down.
final class ScriptedPages: Sendable {
    enum Answer: Sendable {
        case page(String, status: Int = 200, cookies: [String] = [])
        case file([UInt8], String)
        case cut
        case refused
    }

    private struct State {
        var answers: [(path: String, answer: Answer)] = []
        var requests: [String] = []
        var form: [String: String] = [:]
    }

    private let state = Mutex(State())

    var requests: [String] { state.withLock { $0.requests } }
    var form: [String: String] { state.withLock { $0.form } }

    /// A path is answered by the newest entry that it begins with.
    func answer(_ path: String, _ answer: Answer) {
        state.withLock { $0.answers.insert((path, answer), at: 0) }
    }

    func respond(_ path: String, form: [(name: String, value: String)] = []) throws(WebError) -> WebAnswer {
        let answer = state.withLock { state -> Answer in
            state.requests.append(path)
            if !form.isEmpty { state.form = Dictionary(form.map { ($0.name, $0.value) }) { $1 } }
            return state.answers.first { path.hasPrefix($0.path) }?.answer ?? .page("", status: 404)
        }
        switch answer {
        case .page(let text, let status, let cookies):
            let head = ResponseHead(status: status, fields: cookies.map { ("set-cookie", $0) })
            return WebAnswer(status: status, contentType: "text/html", body: Array(text.utf8), heads: [head])
        case .file(let bytes, let type): return WebAnswer(status: 200, contentType: type, body: bytes)
        case .cut: throw WebError(number: 56, reason: "connection reset", maybeSent: true, isTransient: true)
        case .refused: throw WebError(number: 7, reason: "couldn't connect", maybeSent: false, isTransient: true)
        }
    }
}

struct ScriptedWire: EnrollmentWire {
    let pages: ScriptedPages
    func get(_ path: String, limit: Duration) throws(WebError) -> WebAnswer { try pages.respond(path) }
    func post(_ path: String, form: [(name: String, value: String)], limit: Duration) throws(WebError) -> WebAnswer {
        try pages.respond(path, form: form)
    }
}

/// An authority that talks to scripted pages, with a ledger of its own.
struct WebFixture {
    let folder: AuthorityFolder
    let pages = ScriptedPages()

    init() throws {
        folder = try AuthorityFolder(.local)
        pages.answer("", .page("<html>Welcome</html>"))
        pages.answer("certcarc.asp", .page(Pages.renewals))
        let bundle = try CertificateBundle.pkcs7([
            AuthorityFixture.root.certificate, AuthorityFixture.issuing.certificate,
        ])
        pages.answer("certnew.p7b?ReqID=CACert&Renewal=1", .file(Array(bundle), "application/x-pkcs7-certificates"))
    }

    func issue(key: Int = 0, now: Date = AuthorityFixture.now) -> IssueOutcome {
        let faults = AuthorityFaults(authority: "corp")
        let settings = WebEnrollmentSettings(
            url: "https://ca.example.com/certsrv", template: "WebServer", authentication: .ntlm, user: "CORP\\op",
            password: "p")
        let authority = WebEnrollmentAuthority(
            settings: settings, chainPaths: [folder.file("pki/root.pem").path],
            ledger: SubmissionLedger(stateFolder: folder.file("state").path, faults: faults),
            submitLimit: .seconds(120),
            connect: { [pages] (_, _, _) throws(WebError) in ScriptedWire(pages: pages) })
        let request = AuthorityFixture.request(key: key)
        return authority.issue(
            CheckedRequest(
                order: request.order, host: request.host,
                request: AuthorityFixture.make { try CertificateRequest(request.request) }, now: now))
    }

    func certificate(key: Int = 0, names: [String] = ["fe01.example.com", "sip.example.com"]) throws -> Certificate {
        let request = try CertificateRequest.make(
            key: AuthorityFixture.keys[key], subject: AuthorityFixture.order().subject, dnsNames: names)
        return try AuthorityFixture.issuing.sign(request, validity: AuthorityFixture.validity)
    }

    func give(_ certificate: Certificate, as id: String = "42") {
        pages.answer("certnew.cer?ReqID=\(id)&", .file(Array(certificate.pem), "application/pkix-cert"))
    }

    var posts: Int { pages.requests.count { $0 == "certfnsh.asp" } }
    var records: [String] { folder.names("state/authorities/corp") }
}
