/// One request of a browser, or of somebody who says so.
struct HTTPRequest: Sendable {
    var method: String
    var path: String
    var query: [String: String]
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    /// Fields of a form, `+` read as a space, as a server does.
    var form: [String: String] { HTTPText.fields(String(decoding: body, as: UTF8.self)) }
}

/// What goes back.
struct HTTPResponse: Sendable {
    var status: Int
    var contentType = "text/html"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Hangs up after it.
    var closes = false
    /// Hangs up instead of it.
    var isCut = false
    /// Never sent: the client may wait.
    var isWithheld = false

    init(_ status: Int, _ body: String = "", contentType: String = "text/html") {
        self.status = status
        self.body = Array(body.utf8)
        self.contentType = contentType
    }

    static let words = [
        200: "OK", 302: "Found", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        500: "Internal Server Error",
    ]

    var bytes: [UInt8] {
        var head = "HTTP/1.1 \(status) \(Self.words[status] ?? "Other")\r\nServer: Microsoft-IIS/10.0\r\n"
        head += "X-Powered-By: ASP.NET\r\nCache-Control: private\r\nContent-Type: \(contentType)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if closes { head += "Connection: close\r\n" }
        return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
    }
}

/// Takes requests out of a stream of bytes.
struct HTTPReader {
    private var bytes: [UInt8] = []
    private static let largest = 1 << 20

    /// The next request, or nil when the stream has ended or is no HTTP.
    mutating func next(from read: () -> [UInt8]?) -> HTTPRequest? {
        let blank = Array("\r\n\r\n".utf8)
        var end = bytes.firstRange(of: blank)
        while end == nil {
            guard bytes.count < Self.largest, let more = read() else { return nil }
            bytes += more
            end = bytes.firstRange(of: blank)
        }
        guard let end, var request = Self.head(String(decoding: bytes[..<end.lowerBound], as: UTF8.self)) else {
            return nil
        }
        let length = request.headers["content-length"].flatMap(Int.init) ?? 0
        guard (0...Self.largest).contains(length) else { return nil }
        while bytes.count < end.upperBound + length {
            guard let more = read() else { return nil }
            bytes += more
        }
        request.body = Array(bytes[end.upperBound..<end.upperBound + length])
        bytes.removeFirst(end.upperBound + length)
        return request
    }

    private static func head(_ text: String) -> HTTPRequest? {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return HTTPRequest(
            method: String(words[0]), path: target.first.map(String.init) ?? "/",
            query: target.count == 2 ? HTTPText.fields(String(target[1])) : [:], headers: headers, body: [])
    }
}

enum HTTPText {
    static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[unescaped(parts[0])] = parts.count == 2 ? unescaped(parts[1]) : ""
        }
        return fields
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
