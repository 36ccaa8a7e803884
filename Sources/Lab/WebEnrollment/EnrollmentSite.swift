import Certificates
import FoundationEssentials

/// The pages of one authority: a request in, an answer out. State and faults are read for each request.
struct EnrollmentSite: Sendable {
    let folder: LabFolder
    let authority: String
    var now: @Sendable () -> Date = { Date() }

    private var ca: WebCA { WebCA(folder: folder, authority: authority) }

    func respond(to request: HTTPRequest, over visitor: inout EnrollmentVisitor) -> HTTPResponse {
        do {
            let site = try WebSiteRecord.read(authority, in: folder)
            let faults = site.faults
            if var refusal = try visitor.signIn(request, site: site, folder: folder, authority: authority) {
                if faults.contains(.closes) { refusal.closes = true }
                return refusal
            }
            if let broken = Self.broken(faults) { return broken }
            var answer = try page(request, faults)
            if faults.contains(.closes) {
                answer.closes = true
            }
            return answer
        } catch {
            return HTTPResponse(500, "<html><head><title>500 - \(error)</title></head></html>")
        }
    }

    /// K2.
    private static func broken(_ faults: [WebFault]) -> HTTPResponse? {
        if faults.contains(.forbidden) {
            return HTTPResponse(403, "<title>403 - Forbidden: Access is denied.</title>")
        }
        if faults.contains(.absent) {
            return HTTPResponse(404, "<title>404 - File or directory not found.</title>")
        }
        if faults.contains(.broken) { return HTTPResponse(500, "<title>500 - Internal server error.</title>") }
        if faults.contains(.redirect) {
            var answer = HTTPResponse(302)
            answer.headers.append(("Location", "https://login.example.com/"))
            return answer
        }
        return nil
    }

    private func page(_ request: HTTPRequest, _ faults: [WebFault]) throws -> HTTPResponse {
        let language: WebPages.Language =
            faults.contains(.unknownLanguage) ? .unknown : faults.contains(.french) ? .french : .english
        let pages = WebPages(language: language)
        switch (request.method, request.path.lowercased()) {
        case ("GET", "/certsrv/"), ("GET", "/certsrv/default.asp"): return HTTPResponse(200, pages.welcome())
        case ("POST", "/certsrv/certfnsh.asp"): return try submit(request.form, pages, faults)
        case ("GET", "/certsrv/certcarc.asp"): return HTTPResponse(200, pages.renewals(0))
        case ("GET", "/certsrv/certnew.cer"): return try certificate(request, pages, faults)
        case ("GET", "/certsrv/certnew.p7b"): return try chain(request, pages, faults)
        default: return HTTPResponse(404, "<title>404 - File or directory not found.</title>")
        }
    }

    // MARK: Submitting

    private func submit(_ form: [String: String], _ pages: WebPages, _ faults: [WebFault]) throws -> HTTPResponse {
        if form["Mode"] == "chkpnd", let id = form["ReqID"].flatMap({ Int($0) }), let record = try ca.find(id) {
            return HTTPResponse(200, record.state == .issued ? pages.issued(id) : pages.pending(id))
        }
        // A `+` that was not escaped has become a space here (K8).
        guard form["Mode"] == "newreq", let text = form["CertRequest"], let request = Self.request(text) else {
            return HTTPResponse(
                200, pages.failure("Error Parsing Request  ASN1 bad tag value met. 0x8009310b (ASN: 267)"))
        }
        let template = (form["CertAttrib"] ?? "").split(separator: "\r\n").first {
            $0.lowercased().hasPrefix("certificatetemplate:")
        }.map { String($0.dropFirst("certificatetemplate:".count)) }
        var record = try ca.take(request, template: template)
        if let denial = faults.lazy.compactMap(\.denial).first {
            record.state = .denied
            try ca.write(record)
            return HTTPResponse(200, pages.denied(record.id, "\(denial.code) (\(denial.name)), X: Server"))
        }
        if faults.contains(.approval) {
            var answer = HTTPResponse(200, pages.pending(record.id))
            answer.headers.append(
                ("Set-Cookie", "Requests=[\(record.id),0,yes,Saved-Request Certificate]; path=/certsrv"))
            // In the language that nobody knows the page alone must do.
            if faults.contains(.unknownLanguage) { answer.headers = [] }
            return answer
        }
        record = try ca.issue(record, faults: faults, now: now())
        var answer = HTTPResponse(200, pages.issued(record.id))
        answer.isCut = faults.contains(.cutAfterPost)
        answer.isWithheld = faults.contains(.silentAfterPost)
        return answer
    }

    /// PEM, or its base64 alone.
    private static func request(_ text: String) -> CertificateRequest? {
        guard !text.contains("-----") else {
            return text.split(whereSeparator: \.isNewline).contains { !$0.hasPrefix("-----") && $0.contains(" ") }
                ? nil : try? CertificateRequest(Data(text.utf8))
        }
        let plain = String(text.filter { !$0.isNewline })
        return Data(base64Encoded: plain).flatMap { try? CertificateRequest($0) }
    }

    // MARK: Fetching

    private func certificate(_ request: HTTPRequest, _ pages: WebPages, _ faults: [WebFault]) throws -> HTTPResponse {
        if request.query["ReqID"] == "CACert" {
            return file(
                try LabAuthorities.signer(authority, in: folder).certificate.pem, "application/pkix-cert", request)
        }
        guard !faults.contains(.forgets), let id = request.query["ReqID"].flatMap({ Int($0) }),
            let record = try ca.find(id)
        else {
            return HTTPResponse(
                200, pages.standing(0, message: "-", code: "0x80094004 (-2146877436 CERTSRV_E_PROPERTY_EMPTY)"))
        }
        if faults.contains(.revoked) { return HTTPResponse(200, pages.standing(6, message: "-")) }
        guard let certificate = try ca.certificate(record) else {
            let code = record.state == .denied ? "0x80094014 (-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)" : nil
            return HTTPResponse(200, pages.standing(record.state.number, code: code))
        }
        let content = request.query["Enc"] == "bin" ? certificate.der : certificate.pem
        return file(content, "application/pkix-cert", request)
    }

    private func chain(_ request: HTTPRequest, _ pages: WebPages, _ faults: [WebFault]) throws -> HTTPResponse {
        guard !faults.contains(.noChain), let root = try StateFile.read(folder.root + ".cer") else {
            return HTTPResponse(200, pages.standing(1, message: "-", code: "0x80070005 (WIN32: 5)"))
        }
        let signer = try LabAuthorities.signer(authority, in: folder)
        let bundle = try CertificateBundle.pkcs7([signer.certificate, try Certificate(root)])
        guard request.query["Enc"] != "bin" else { return file(bundle, "application/x-pkcs7-certificates", request) }
        // As the real pages: PKCS#7 in the armour of a certificate.
        let text = bundle.base64EncodedString(options: [
            .lineLength64Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        let armoured = "-----BEGIN CERTIFICATE-----\r\n\(text)\r\n-----END CERTIFICATE-----\r\n"
        return file(Data(armoured.utf8), "application/x-pkcs7-certificates", request)
    }

    /// Who does not look like a browser gets another type (K8).
    private func file(_ content: Data, _ type: String, _ request: HTTPRequest) -> HTTPResponse {
        let isBrowser = request.headers["user-agent"]?.hasPrefix("Mozilla/") == true
        var answer = HTTPResponse(200, contentType: isBrowser ? type : "text/html")
        answer.body = Array(content)
        return answer
    }
}
