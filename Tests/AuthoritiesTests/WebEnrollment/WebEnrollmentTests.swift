import Certificates
import FleetModel
import Foundation
import Testing

@testable import Authorities

/// The conversation with the web pages, page by page.
@Suite struct WebEnrollmentTests {
    let fixture: WebFixture
    var pages: ScriptedPages { fixture.pages }

    init() throws { fixture = try WebFixture() }

    private func refusal(_ word: String) throws -> Fault {
        let refusal = try #require(fixture.issue().refusal)
        #expect(refusal.word == word)
        return refusal.fault
    }

    private func pendingID(_ outcome: IssueOutcome) -> String? {
        if case .pending(let id, _) = outcome { id } else { nil }
    }

    @Test func `an issued page leads to the certificate and its chain, and the form has the documented fields`() throws
    {
        pages.answer("certfnsh.asp", .page(Pages.issued))
        let made = try fixture.certificate()
        fixture.give(made)
        guard case .issued(let answer) = fixture.issue() else {
            Issue.record("not issued")
            return
        }
        #expect(answer.certificate == made.der)
        #expect(answer.chain == [AuthorityFixture.issuing.certificate.der, AuthorityFixture.root.certificate.der])
        #expect(
            pages.requests == [
                "", "certfnsh.asp", "certnew.cer?ReqID=42&Enc=b64", "certcarc.asp",
                "certnew.p7b?ReqID=CACert&Renewal=1&Enc=b64",
            ])
        #expect(pages.form["CertAttrib"] == "CertificateTemplate:WebServer\r\n")
        #expect(pages.form["Mode"] == "newreq" && pages.form["SaveCert"] == "yes")
        #expect(pages.form["FriendlyType"] == "Saved-Request Certificate" && pages.form["TargetStoreFlags"] == "0")
        #expect(pages.form["CertRequest"]?.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----") == true)
        guard case .issued(let again) = fixture.issue() else {
            Issue.record("not issued")
            return
        }
        #expect(again == answer && fixture.posts == 1)
    }

    @Test(arguments: Pages.pendingWords)
    func `a pending page is understood in any language by asking for its numbers`(words: String) throws {
        pages.answer("certfnsh.asp", .page(Pages.pending(words)))
        pages.answer("certnew.cer?ReqID=10&", .page(Pages.status(0, "0x80094004 (X CERTSRV_E_PROPERTY_EMPTY)")))
        pages.answer("certnew.cer?ReqID=42&", .page(Pages.status(5)))
        #expect(pendingID(fixture.issue()) == "42")
        // Numbers of the title and of scripts are no candidates.
        #expect(!pages.requests.contains { $0.contains("ReqID=77") || $0.contains("ReqID=13") })
    }

    @Test func `the cookie of a pending page is believed before its words`() throws {
        let cookie = "Requests=[339,0,yes,Saved-Request Certificate (1/1/2026)]; path=/certsrv"
        pages.answer("certfnsh.asp", .page(Pages.pending("42 10"), cookies: [cookie]))
        pages.answer("certnew.cer?ReqID=", .page(Pages.status(5)))
        #expect(pendingID(fixture.issue()) == "339")
    }

    @Test func `two numbers that both wait leave the outcome unknown and the page kept`() throws {
        pages.answer("certfnsh.asp", .page(Pages.pending(Pages.pendingWords[2])))
        pages.answer("certnew.cer?ReqID=", .page(Pages.status(5)))
        let fault = try refusal("unknown")
        #expect(
            fault.message.contains("is unclear and kept in \(fixture.folder.url.path)/state/authorities/corp/unclear/"))
        let kept = fixture.folder.names("state/authorities/corp/unclear")
        #expect(kept.count == 1)
        #expect(
            try String(contentsOf: fixture.folder.file("state/authorities/corp/unclear/\(kept[0])"), encoding: .utf8)
                == Pages.pending(Pages.pendingWords[2]))
        _ = try refusal("unknown")
        #expect(fixture.posts == 1)
    }

    @Test func `a pending request approved two days later is fetched by its number, not posted again`() throws {
        pages.answer("certfnsh.asp", .page(Pages.pending(Pages.pendingWords[1])))
        pages.answer("certnew.cer?ReqID=10&", .page(Pages.status(0, "0x80094004")))
        pages.answer("certnew.cer?ReqID=42&", .page(Pages.status(5)))
        guard case .pending(let id, let text) = fixture.issue() else {
            Issue.record("not pending")
            return
        }
        #expect(id == "42" && text == "corp: request 42 waits for approval on CA ca.example.com")
        #expect(pendingID(fixture.issue(now: AuthorityFixture.now.addingTimeInterval(86_400))) == "42")
        fixture.give(try fixture.certificate())
        guard case .issued = fixture.issue(now: AuthorityFixture.now.addingTimeInterval(2 * 86_400)) else {
            Issue.record("not issued")
            return
        }
        #expect(fixture.posts == 1)
    }

    @Test func `a manager's denial after a wait is a denial with its number`() throws {
        pages.answer("certfnsh.asp", .page(Pages.pending("Id 42")))
        pages.answer("certnew.cer?ReqID=42&", .page(Pages.status(5)))
        #expect(pendingID(fixture.issue()) == "42")
        pages.answer(
            "certnew.cer?ReqID=42&", .page(Pages.status(2, "0x80094014 (-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)")))
        let fault = try refusal("denied")
        #expect(fault.message == "corp: the CA denied request 42 (0x80094014): a CA manager denied the request")
        #expect(fixture.records.isEmpty)
    }

    @Test(arguments: ["Certificate Request Denied", "Demande de certificat refus\u{e9}e", "Peto rifuzita"])
    func `a denied page is known by its element and explained by its code`(words: String) throws {
        pages.answer("certfnsh.asp", .page(Pages.denied(words)))
        let fault = try refusal("denied")
        #expect(
            fault.message
                == "corp: the CA denied the request (0x80094800): the CA does not offer template WebServer: is it "
                + "published there, and is this its name, not its display name?")
        #expect(fault.details == ["\(words) 0x80094800, X: Server."])
        #expect(fixture.records.isEmpty)
    }

    @Test func `a code without a sentence of ours is quoted`() throws {
        pages.answer("certfnsh.asp", .page(Pages.denied("Denied by Policy", code: "0x80094899")))
        #expect(
            try refusal("denied").message
                == "corp: the CA denied the request (0x80094899): Denied by Policy 0x80094899, X: Server.")
    }

    @Test func `a failure that is no denial is a failure`() throws {
        pages.answer("certfnsh.asp", .page("<html><body>RPC 0x800706ba (WIN32: 1722)</body></html>"))
        #expect(
            try refusal("failed").message
                == "corp: the CA's pages failed with 0x800706BA: the CA cannot be reached (RPC)")
    }

    @Test func `a line that is cut after the form was sent orders nothing twice`() throws {
        pages.answer("certfnsh.asp", .cut)
        let fault = try refusal("unknown")
        #expect(
            fault.message == "corp: the CA may have issued a certificate for CN=fe01.example.com: connection reset; it "
                + "is not ordered again")
        #expect(
            fault.hint?.hasPrefix("look on the CA for requests by CORP\\op since 2027-01-15T08:00:00Z; then ") == true)
        pages.answer("certfnsh.asp", .page(Pages.issued))
        _ = try refusal("unknown")
        #expect(fixture.posts == 1 && fixture.records.count == 1)
    }

    @Test func `the record is on disk before the form is sent, and gone when it never was`() throws {
        pages.answer("certfnsh.asp", .refused)
        #expect(try refusal("failed").message == "corp: https://ca.example.com/certsrv: couldn't connect")
        #expect(fixture.records.isEmpty)
        pages.answer("certfnsh.asp", .page(Pages.issued))
        fixture.give(try fixture.certificate())
        guard case .issued = fixture.issue() else {
            Issue.record("not issued")
            return
        }
    }

    @Test func `pages that break while they work leave the outcome unknown`() throws {
        pages.answer("certfnsh.asp", .page("<title>500 - Internal</title>", status: 500))
        #expect(try refusal("unknown").message.contains("(HTTP 500) is unclear"))
    }

    @Test(arguments: [
        (403, "the CA's pages are forbidden (\"Nein & nein\")"),
        (404, "there are no enrollment pages at https://ca.example.com/certsrv (\"Nein & nein\")"),
        (500, "the CA's pages are broken: HTTP 500 (\"Nein & nein\")"),
        (302, "the CA's pages send us to nowhere"),
        (418, "the CA's pages answered HTTP 418 (\"Nein & nein\")"),
    ])
    func `a status that is no page is explained before anything is sent`(status: Int, words: String) throws {
        pages.answer("", .page("<TITLE>Nein &amp; nein</TITLE>", status: status))
        #expect(try refusal("failed").message == "corp: \(words)")
        #expect(fixture.posts == 0 && fixture.records.isEmpty)
    }

    @Test func `an unknown number, a revoked certificate and a silent CA keep the record`() throws {
        pages.answer("certfnsh.asp", .page(Pages.issued))
        pages.answer("certnew.cer?ReqID=42&", .cut)
        #expect(pendingID(fixture.issue()) == "42")
        pages.answer("certnew.cer?ReqID=42&", .page(Pages.status(0, "0x80094004 (X)")))
        let unknown = try refusal("failed")
        #expect(unknown.message == "corp: the CA does not know request 42")
        #expect(unknown.hint == "was the CA rebuilt? certfleet pending cancel 42 orders anew")
        pages.answer("certnew.cer?ReqID=42&", .page(Pages.status(6)))
        #expect(try refusal("failed").message == "corp: the certificate of request 42 was revoked")
        pages.answer("certnew.cer?ReqID=42&", .page("<html>?</html>"))
        #expect(try refusal("unknown").message.hasPrefix("corp: how request 42 stands is unclear"))
        #expect(fixture.posts == 1 && fixture.records.contains { $0.hasSuffix(".json") })
    }

    @Test func `a certificate for another key or with other names is refused`() throws {
        pages.answer("certfnsh.asp", .page(Pages.issued))
        fixture.give(try fixture.certificate(key: 1))
        #expect(try refusal("failed").details == ["key differs from the request"])
        // The answer is on record: nothing is asked again.
        let asked = pages.requests.count
        #expect(try refusal("failed").code == "authority.answer-differs")
        #expect(pages.requests.count == asked)
    }

    @Test func `an older renewal is asked for when the newest did not sign`() throws {
        let other = try CertificateSigner.makeRoot(
            "Other", key: AuthorityFixture.keys[2], validity: AuthorityFixture.validity)
        let newest = try CertificateBundle.pkcs7([other.certificate])
        let older = try CertificateBundle.pkcs7([AuthorityFixture.issuing.certificate])
        let type = "application/x-pkcs7-certificates"
        pages.answer("certnew.p7b?ReqID=CACert&Renewal=1", .file(Array(newest), type))
        pages.answer("certnew.p7b?ReqID=CACert&Renewal=0", .file(Array(older), type))
        pages.answer("certfnsh.asp", .page(Pages.issued))
        fixture.give(try fixture.certificate())
        guard case .issued = fixture.issue() else {
            Issue.record("not issued")
            return
        }
    }
}
