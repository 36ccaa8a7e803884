import FoundationEssentials

/// Who is at the other end of one connection. NTLM signs in the connection, Basic each request.
struct EnrollmentVisitor {
    private var ntlm: NTLMServer?
    private var isSignedIn = false

    /// - Returns: The refusal, or nil when the request may pass.
    mutating func signIn(
        _ request: HTTPRequest, site: WebSiteRecord, folder: LabFolder, authority: String
    ) throws -> HTTPResponse? {
        if isSignedIn && !site.faults.contains(.closes) { return nil }
        guard let password = try StateFile.read(folder.webPassword(authority)) else {
            throw LabError(.folder, "the password of '\(authority)' is missing")
        }
        let words = (request.headers["authorization"] ?? "").split(separator: " ", maxSplits: 1)
        let isOpen = !site.faults.contains(.negotiateOnly) && !site.faults.contains(.signInRefused)
        let message = words.count == 2 ? Data(base64Encoded: String(words[1])).map { Array($0) } : nil
        switch words.first?.lowercased() {
        case "basic" where isOpen:
            if message == Array("\(site.user):".utf8) + password { return nil }
        // Clients wrap NTLM into Negotiate, too; here it is offered by its own name only.
        case "ntlm" where !site.faults.contains(.negotiateOnly):
            if let message { return exchange(message, Array(password), site) }
        default: break
        }
        return Self.unauthorized(site)
    }

    private mutating func exchange(_ message: [UInt8], _ password: [UInt8], _ site: WebSiteRecord) -> HTTPResponse? {
        var server =
            ntlm
            ?? NTLMServer(
                user: site.user, password: password, wantsChannelBinding: site.faults.contains(.channelBinding))
        let verdict = server.take(message)
        ntlm = server
        switch verdict {
        case .challenge(let challenge):
            var answer = HTTPResponse(401)
            answer.headers.append(("WWW-Authenticate", "NTLM \(Data(challenge).base64EncodedString())"))
            return answer
        case .accepted where !site.faults.contains(.signInRefused):
            isSignedIn = true
            return nil
        default: return Self.unauthorized(site)
        }
    }

    /// IIS's own page: Latin-1, unlike the others.
    private static func unauthorized(_ site: WebSiteRecord) -> HTTPResponse {
        var answer = HTTPResponse(
            401,
            """
            <?xml version="1.0" encoding="iso-8859-1"?>
            <html xmlns="http://www.w3.org/1999/xhtml"><head>
            <title>401 - Unauthorized: Access is denied due to invalid credentials.</title></head>
            <body><h2>401 - Unauthorized</h2></body></html>
            """)
        var schemes = ["Negotiate", "NTLM", "Basic realm=\"lab\""]
        if site.faults.contains(.negotiateOnly) { schemes = ["Negotiate"] }
        answer.headers = schemes.map { ("WWW-Authenticate", $0) }
        return answer
    }
}
