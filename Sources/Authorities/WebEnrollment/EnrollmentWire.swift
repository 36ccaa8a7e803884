/// One answer of a web server.
struct WebAnswer: Sendable, Equatable {
    var status: Int
    /// Lower case, without parameters: `application/pkix-cert`.
    var contentType: String
    var body: [UInt8]
    /// The heads of all answers that the request took, the final one last: signing in takes several.
    var heads: [ResponseHead] = []
}

/// Status and fields of one answer.
struct ResponseHead: Sendable, Equatable {
    var status: Int
    /// Names in lower case, in the order of arrival.
    var fields: [(name: String, value: String)] = []

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    static func == (left: ResponseHead, right: ResponseHead) -> Bool {
        left.status == right.status && left.fields.elementsEqual(right.fields, by: ==)
    }
}

/// Why there is no answer.
struct WebError: Error, Sendable, Equatable, CustomStringConvertible {
    /// libcurl's number.
    var number: Int
    /// Lower case, one line.
    var reason: String
    /// Whether the request's body may have reached the server.
    var maybeSent: Bool
    /// Whether asking again later may go better.
    var isTransient: Bool
    /// What the server had said until then.
    var heads: [ResponseHead] = []

    var description: String { reason }
}

/// The conversation with the pages, one request after the other over one connection: NTLM signs in a connection, not a
/// request.
protocol EnrollmentWire {
    /// - Parameter path: Below the pages' address: `certnew.cer?ReqID=42&Enc=b64`.
    func get(_ path: String, limit: Duration) throws(WebError) -> WebAnswer

    /// Sends the form once. A server that hangs up in the middle gets it no second time.
    func post(_ path: String, form: [(name: String, value: String)], limit: Duration) throws(WebError) -> WebAnswer
}

/// `application/x-www-form-urlencoded`, with every `+` of the request's base64 as `%2B`.
enum WebForm {
    static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || "-._~".utf8.contains(byte)
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
