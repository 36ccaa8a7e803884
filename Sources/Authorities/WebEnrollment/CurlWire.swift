import CCurl
import FleetModel

/// The pages over libcurl. Belongs to the queue of its authority; blocks it until an answer or its limit.
///
/// A proxy of the environment is not used: an authority is a neighbour, and NTLM does not survive most of them.
final class CurlWire: EnrollmentWire {
    private let handle: UnsafeMutableRawPointer
    private let url: String
    private let exchange = CurlExchange()
    private var list: UnsafeMutablePointer<curl_slist>?

    private static let isReady = ccurl_global_start() == 0
    /// certnew.* answers programs that do not look like a browser with another content type.
    private static let userAgent = "Mozilla/5.0 (compatible; certfleet)"

    /// - Parameter trust: PEM; the server's certificate must lead to one of these, and to nothing else.
    /// - Throws: ``WebError`` when libcurl cannot do what is asked of it.
    init(_ settings: WebEnrollmentSettings, password: Secret?, trust: [UInt8]) throws(WebError) {
        guard Self.isReady, let handle = curl_easy_init() else { throw Self.refusal("libcurl does not start") }
        self.handle = handle
        url = settings.url
        let scheme: Int =
            switch settings.authentication {
            case .basic: ccurl_basic()
            case .ntlm: ccurl_ntlm()
            case .negotiate: ccurl_negotiate()
            }
        let longs: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_CONNECTTIMEOUT_MS, 10_000), (CURLOPT_HTTPAUTH, scheme),
            // NTLM belongs to a connection, HTTP/2 shares one.
            (CURLOPT_HTTP_VERSION, ccurl_http11()),
        ]
        // Without a path of its own the system's public authorities would be trusted as well.
        var texts: [(CURLoption, String?)] = [
            (CURLOPT_USERAGENT, Self.userAgent), (CURLOPT_PROXY, ""), (CURLOPT_COOKIEFILE, ""),
            (CURLOPT_CAPATH, nil), (CURLOPT_CAINFO, nil),
        ]
        if settings.authentication == .negotiate {
            guard ccurl_has_feature(CURL_VERSION_SPNEGO) == 1 else {
                throw Self.refusal("this build of libcurl knows no Kerberos")
            }
            // Empty: the ticket says who it is.
            texts += [(CURLOPT_USERNAME, ""), (CURLOPT_PASSWORD, "")]
        } else {
            texts.append((CURLOPT_USERNAME, settings.user))
        }
        var isSet = ccurl_https_only(handle) == 0
        for (option, value) in longs { isSet = ccurl_set_long(handle, option, value) == 0 && isSet }
        for (option, value) in texts { isSet = ccurl_set_text(handle, option, value) == 0 && isSet }
        isSet =
            trust.withUnsafeBytes { ccurl_set_blob(handle, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count) == 0 }
            && isSet
        if let password { isSet = Self.set(password, handle) && isSet }
        exchange.attach(to: handle)
        guard isSet else { throw Self.refusal("libcurl refuses an option") }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(list)
    }

    func get(_ path: String, limit: Duration) throws(WebError) -> WebAnswer {
        _ = ccurl_set_long(handle, CURLOPT_HTTPGET, 1)
        return try perform(path, body: [], limit: limit)
    }

    func post(_ path: String, form: [(name: String, value: String)], limit: Duration) throws(WebError) -> WebAnswer {
        let body = Array(WebForm.encode(form).utf8)
        if list == nil {
            // No "Expect: 100-continue": classic ASP behind a proxy may never answer it.
            for line in ["Content-Type: application/x-www-form-urlencoded", "Expect:"] {
                list = curl_slist_append(list, line)
            }
        }
        _ = ccurl_set_long(handle, CURLOPT_POST, 1)
        _ = ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
        _ = ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
        defer { _ = ccurl_set_list(handle, CURLOPT_HTTPHEADER, nil) }
        return try perform(path, body: body, limit: limit)
    }

    private func perform(_ path: String, body: [UInt8], limit: Duration) throws(WebError) -> WebAnswer {
        exchange.begin(body)
        _ = ccurl_set_text(handle, CURLOPT_URL, "\(url)/\(path)")
        _ = ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(clamping: limit.milliseconds))
        let result = curl_easy_perform(handle)
        let status = Int(ccurl_status(handle))
        // The body was refused a second time: what the server said before that stands.
        let isRefusedRepeat = result == CURLE_SEND_FAIL_REWIND && exchange.heads.last?.status == 401
        guard result == CURLE_OK || isRefusedRepeat else {
            throw WebError(
                number: Int(result.rawValue), reason: Self.words(result, limit), maybeSent: exchange.given > 0,
                isTransient: !Self.lasting.contains(result), heads: exchange.heads)
        }
        let type = exchange.heads.last?.values("content-type").last ?? ""
        return WebAnswer(
            status: isRefusedRepeat ? 401 : status,
            contentType: type.prefix { $0 != ";" }.trimmed.lowercased(), body: exchange.body, heads: exchange.heads)
    }

    private static let lasting: [CURLcode] = [
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_URL_MALFORMAT, CURLE_WRITE_ERROR,
    ]

    private static func words(_ code: CURLcode, _ limit: Duration) -> String {
        if code == CURLE_OPERATION_TIMEDOUT { return "no answer within \(limit.milliseconds / 1000) s" }
        if code == CURLE_SEND_FAIL_REWIND { return "the connection was lost after the request was sent" }
        if code == CURLE_WRITE_ERROR { return "the answer is larger than any page of an authority" }
        let text = String(cString: curl_easy_strerror(code))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// libcurl keeps a copy of its own, which it frees with the handle.
    private static func set(_ password: Secret, _ handle: UnsafeMutableRawPointer) -> Bool {
        var bytes = password.revealed.map { CChar(bitPattern: $0) } + [0]
        defer { for index in bytes.indices { bytes[index] = 0 } }
        return ccurl_set_text(handle, CURLOPT_PASSWORD, bytes) == 0
    }

    private static func refusal(_ reason: String) -> WebError {
        WebError(number: 0, reason: reason, maybeSent: false, isTransient: false)
    }
}

extension Substring {
    var trimmed: Substring {
        var rest = drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
