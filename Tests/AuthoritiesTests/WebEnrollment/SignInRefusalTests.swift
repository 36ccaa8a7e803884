import FleetModel
import Testing

@testable import Authorities

@Suite struct SignInRefusalTests {
    private let challenge = "NTLM TlRMTVNTUAACAAAAAAAAADgAAAAFgoqi"

    private func words(
        _ authentication: WebEnrollmentSettings.Authentication, _ heads: [[(String, String)]]
    ) -> String {
        SignInRefusal(
            authentication: authentication, user: "CORP\\op",
            heads: heads.map { ResponseHead(status: 401, fields: $0.map { (name: $0.0, value: $0.1) }) }
        ).words.text
    }

    @Test func `each way to be refused has its own words`() {
        let negotiate = ("www-authenticate", "Negotiate")
        let ntlm = ("www-authenticate", "NTLM")
        #expect(
            words(.basic, [[("www-authenticate", "Basic realm=\"ca\"")]])
                == "the CA's pages refuse CORP\\op and its password")
        #expect(
            words(.basic, [[negotiate, ntlm]])
                == "the CA's pages do not offer Basic; they offer: negotiate, ntlm")
        #expect(words(.ntlm, [[negotiate]]) == "the CA's pages want Kerberos only (they offer: negotiate)")
        #expect(
            words(.ntlm, [[("www-authenticate", "Basic")]]) == "the CA's pages do not offer NTLM; they offer: basic")
        #expect(
            words(.ntlm, [[("www-authenticate", challenge)], [negotiate, ntlm]]).contains(
                "after a complete NTLM exchange"))
        #expect(
            words(.ntlm, [[("www-authenticate", challenge), ("connection", "close")], [ntlm]]).hasPrefix(
                "the connection is not kept open"))
        #expect(words(.ntlm, [[negotiate, ntlm]]).contains("a new NTLM sign-in in the middle of a connection"))
        #expect(words(.negotiate, [[negotiate]]).contains("Kerberos ticket"))
    }

    @Test func `every plus sign of a request travels escaped`() {
        #expect(
            WebForm.encode([("CertRequest", "a+b/c=\r\n"), ("x y", "é")])
                == "CertRequest=a%2Bb%2Fc%3D%0D%0A&x%20y=%C3%A9")
    }

    @Test func `a page in Latin-1 is read, and entities with it`() {
        let answer = WebAnswer(
            status: 200, contentType: "text/html",
            body: Array("<p>refus".utf8) + [0xE9] + Array("e &agrave; 1&nbsp;h &#8364; &bogus;</p>".utf8))
        #expect(EnrollmentPage(answer).text == "refusée à 1 h € &bogus;")
    }
}
