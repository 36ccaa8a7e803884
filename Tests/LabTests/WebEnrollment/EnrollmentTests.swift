import Authorities
import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

/// certfleet's client of the web pages against the lab's double, over real TLS.
@Suite struct EnrollmentTests {
    private func outcome(_ fixture: PagesFixture) async throws -> IssueOutcome {
        try await fixture.router().issue(PagesFixture.request())
    }

    @Test(arguments: [WebEnrollmentSettings.Authentication.ntlm, .basic])
    func `a request is signed in, issued, and comes with its chain`(
        authentication: WebEnrollmentSettings.Authentication
    ) async throws {
        let fixture = try await PagesFixture(authentication)
        guard case .issued(let answer) = try await outcome(fixture) else {
            Issue.record("\(try await outcome(fixture))")
            return
        }
        let certificate = try Certificate(answer.certificate)
        #expect(certificate.dnsNames == ["fe01.example.com", "sip.example.com"])
        #expect(answer.chain.count == 2)
        let requests = try fixture.requests
        #expect(requests.map(\.template) == ["WebServer"] && requests.map(\.serial) == [answer.serial])
        _ = try await outcome(fixture)
        #expect(try fixture.requests.count == 1)
    }

    @Test(arguments: [WebFault.approval, .french, .unknownLanguage])
    func `a request that waits is known by its number in every language, and fetched two days later`(
        language: WebFault
    ) async throws {
        let fixture = try await PagesFixture()
        try fixture.set(.approval, language)
        guard case .pending(let id, let text) = try await outcome(fixture) else {
            Issue.record("\(try await outcome(fixture))")
            return
        }
        #expect(id == "40" && text == "corp: request 40 waits for approval on CA localhost")
        #expect(try await outcome(fixture).word == "pending")
        let answers = try LabWebAuthority.decide(folder: fixture.folder.path)
        #expect(answers.map(\.request) == ["40"])
        let later = try await fixture.router(days: 2).issue(PagesFixture.request())
        #expect(later.word == "issued")
        #expect(try fixture.requests.count == 1)
    }

    @Test func `a manager's denial is a denial`() async throws {
        let fixture = try await PagesFixture()
        try fixture.set(.approval, .french)
        #expect(try await outcome(fixture).word == "pending")
        _ = try LabWebAuthority.decide(folder: fixture.folder.path, deny: true)
        let denied = try await outcome(fixture)
        #expect(
            denied.fault?.message == "corp: the CA denied request 40 (0x80094014): a CA manager denied the request")
    }

    @Test(arguments: [
        (WebFault.templateUnsupported, "denied", "the CA does not offer template WebServer"),
        (.templateDenied, "denied", "the account has no Enroll right on template WebServer"),
        (.enrollDenied, "denied", "the account may not request certificates from this CA"),
        (.keyTooShort, "denied", "the key is too short for template WebServer"),
        (.revocationOffline, "denied", "the CA cannot reach a revocation list"),
        (.forbidden, "failed", "the CA's pages are forbidden (\"403 - Forbidden: Access is denied.\")"),
        (.absent, "failed", "there are no enrollment pages at https://localhost:"),
        (.broken, "failed", "the CA's pages are broken: HTTP 500"),
        (.redirect, "failed", "the CA's pages send us to https://login.example.com/"),
        (.negotiateOnly, "failed", "the CA's pages want Kerberos only (they offer: negotiate)"),
        (.signInRefused, "failed", "the CA's pages refuse LAB\\certfleet after a complete NTLM exchange"),
        (.channelBinding, "failed", "extended protection, whose channel binding libcurl's NTLM does not have"),
        (.closes, "failed", "the connection is not kept open between the steps of NTLM"),
        (.otherKey, "failed", "key differs from the request"),
        (.dropsNames, "failed", "name sip.example.com is missing"),
        (.short, "failed", "already expired on "),
    ])
    func `each fault of the pages has its own words`(fault: WebFault, word: String, words: String) async throws {
        let fixture = try await PagesFixture()
        try fixture.set(fault, .french)
        let outcome = try await outcome(fixture)
        #expect(outcome.word == word)
        #expect(outcome.fault?.message.contains(words) == true, "\(outcome)")
        #expect(try !"\(outcome)".contains(fixture.password.revealedText))
    }

    @Test func `with Basic a closed connection and channel binding do no harm`() async throws {
        let fixture = try await PagesFixture(.basic)
        try fixture.set(.closes, .channelBinding)
        #expect(try await outcome(fixture).word == "issued")
    }

    @Test func `a line cut after the form leaves one request, and it stays one`() async throws {
        for authentication in [WebEnrollmentSettings.Authentication.ntlm, .basic] {
            let fixture = try await PagesFixture(authentication)
            try fixture.set(.cutAfterPost)
            #expect(try await outcome(fixture).word == "unknown")
            try LabWebAuthority.clear("corp", folder: fixture.folder.path)
            let again = try await outcome(fixture)
            #expect(again.word == "unknown")
            #expect(
                again.fault?.message.contains("the CA may have issued a certificate for CN=fe01.example.com") == true)
            #expect(try fixture.requests.count == 1)
            let waiting = try #require(try await fixture.router().pending().requests.first)
            _ = try await fixture.router().cancel(waiting.id)
            #expect(try await outcome(fixture).word == "issued")
        }
    }

    @Test func `an answer that does not come in time makes the outcome unknown, and nothing is asked for twice`()
        async throws
    {
        let fixture = try await PagesFixture()
        try fixture.set(.silentAfterPost)
        let silent = try await fixture.router(submitLimit: .seconds(1)).issue(PagesFixture.request())
        #expect(silent.word == "unknown" && silent.fault?.message.contains("no answer within 1 s") == true, "\(silent)")
        try LabWebAuthority.clear("corp", folder: fixture.folder.path)
        #expect(try await outcome(fixture).word == "unknown")
        #expect(try fixture.requests.count == 1)
    }

    @Test func `a number that the CA forgot and a revoked certificate are said`() async throws {
        let fixture = try await PagesFixture()
        try fixture.set(.approval)
        _ = try await outcome(fixture)
        try fixture.set(.forgets)
        #expect(try await outcome(fixture).fault?.message == "corp: the CA does not know request 40")
        try LabWebAuthority.clear("corp", folder: fixture.folder.path)
        try fixture.set(.revoked)
        #expect(try await outcome(fixture).fault?.message == "corp: the certificate of request 40 was revoked")
    }

    @Test func `a missing chain is made up by the inventory's`() async throws {
        let fixture = try await PagesFixture()
        try fixture.set(.noChain)
        #expect(try await outcome(fixture).word == "issued")
    }

    @Test func `a wrong password is refused and a wrong user too`() async throws {
        let fixture = try await PagesFixture(.basic)
        let wrong = try await fixture.router(password: Secret(text: "sesame")).issue(PagesFixture.request())
        #expect(wrong.fault?.message == "corp: the CA's pages refuse LAB\\certfleet and its password")
        for user in ["OTHER\\certfleet", "LAB\\certflee"] {
            let refused = try await fixture.router(user: user, authentication: .ntlm).issue(PagesFixture.request())
            #expect(refused.fault?.message.contains("refuse \(user) after a complete NTLM exchange") == true)
        }
        #expect(try fixture.requests.isEmpty)
    }

    @Test func `pages whose certificate leads to another root are not talked to`() async throws {
        let fixture = try await PagesFixture(.basic)
        let other = try CertificateSigner.makeRoot(
            "Other", key: PrivateKey.generateNow(.p256), validity: Validity(days: 9, from: Date()))
        let path = fixture.scratch.path + "/other.pem"
        try StateFile.write(other.certificate.pem, to: path)
        let refused = try await fixture.router(trust: path).issue(PagesFixture.request())
        #expect(refused.word == "failed" && refused.fault?.code == "authority.unreachable")
        #expect(refused.fault?.hint?.contains("ca_file") == true)
    }

    @Test func `without a ticket Kerberos is refused with what to do`() async throws {
        let fixture = try await PagesFixture()
        let refused = try await fixture.router(authentication: .negotiate).issue(PagesFixture.request())
        #expect(refused.word == "failed")
        #expect(refused.fault?.message.contains("refuse this account's Kerberos ticket") == true, "\(refused)")
        #expect(try fixture.requests.isEmpty)
    }

    /// K8: what the real pages do to careless clients.
    @Test func `a plus sign that was not escaped spoils the request, and who is no browser gets another type`()
        async throws
    {
        let fixture = try await PagesFixture()
        let site = EnrollmentSite(folder: fixture.folder, authority: "corp")
        let words = Data("LAB\\certfleet:\(try fixture.password.revealedText)".utf8).base64EncodedString()
        var visitor = EnrollmentVisitor()
        func ask(_ method: String, _ page: String, _ body: String = "", agent: String = "Mozilla/5.0") -> HTTPResponse {
            let request = HTTPRequest(
                method: method, path: "/certsrv/\(page)", query: ["ReqID": "40", "Enc": "b64"],
                headers: ["authorization": "Basic \(words)", "user-agent": agent], body: Array(body.utf8))
            return site.respond(to: request, over: &visitor)
        }
        var text = ""
        // A signature differs each time; one without a plus sign proves nothing.
        while !text.contains("+") { text = String(decoding: try PagesFixture.request().request, as: UTF8.self) }
        let spoiled = ask("POST", "certfnsh.asp", "Mode=newreq&CertRequest=\(text)")
        #expect(String(decoding: spoiled.body, as: UTF8.self).contains("Error Parsing Request"))
        #expect(try fixture.requests.isEmpty)
        let escaped = text.map { $0 == "+" ? "%2B" : String($0) }.joined()
        _ = ask("POST", "certfnsh.asp", "Mode=newreq&CertRequest=\(escaped)")
        #expect(ask("GET", "certnew.cer").contentType == "application/pkix-cert")
        #expect(ask("GET", "certnew.cer", agent: "curl/7.88").contentType == "text/html")
    }
}
