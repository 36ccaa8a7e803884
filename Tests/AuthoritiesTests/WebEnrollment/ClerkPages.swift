import Certificates
import FleetModel
import Foundation

@testable import Authorities

/// Web pages behind which the clerk of an ``AuthorityFolder`` sits: every request waits for what he puts into the inbox.
struct ClerkPages: EnrollmentWire {
    let folder: URL
    let password: Secret?

    func get(_ path: String, limit: Duration) throws(WebError) -> WebAnswer {
        guard password?.revealedText == "sesame of enroll" else { return answer("", status: 401) }
        if path == "certcarc.asp" { return answer(Pages.renewals) }
        if path.hasPrefix("certnew.p7b?ReqID=CACert&Renewal=1&") {
            let bundle = (try? CertificateBundle.pkcs7([AuthorityFixture.issuing.certificate])) ?? Data()
            return WebAnswer(status: 200, contentType: "application/x-pkcs7-certificates", body: Array(bundle))
        }
        guard let number = path.firstMatch(of: /certnew\.cer\?ReqID=([0-9]+)&/)?.1 else {
            return answer("<p>Welcome</p>")
        }
        let file = folder.appendingPathComponent("inbox/\(number)")
        guard let bytes = try? Data(contentsOf: file), let found = try? CertificateBundle.read(bytes) else {
            return answer(Pages.status(5))
        }
        try? FileManager.default.removeItem(at: folder.appendingPathComponent("outbox/\(number).csr"))
        let leaf = found.first { !$0.isAuthority }?.pem ?? Data()
        return WebAnswer(status: 200, contentType: "application/pkix-cert", body: Array(leaf))
    }

    func post(_ path: String, form: [(name: String, value: String)], limit: Duration) throws(WebError) -> WebAnswer {
        let request = Data((form.first { $0.name == "CertRequest" }?.value ?? "").utf8)
        let number = UInt32.random(in: 100 ... .max)
        try? request.write(to: folder.appendingPathComponent("outbox/\(number).csr"))
        let cookie = ("set-cookie", "Requests=[\(number),0,yes,Saved-Request Certificate]; path=/certsrv")
        return answer("<p>Certificat en attente</p>", cookies: [cookie])
    }

    private func answer(_ text: String, status: Int = 200, cookies: [(String, String)] = []) -> WebAnswer {
        let head = ResponseHead(status: status, fields: cookies.map { (name: $0.0, value: $0.1) })
        return WebAnswer(status: status, contentType: "text/html", body: Array(text.utf8), heads: [head])
    }
}
