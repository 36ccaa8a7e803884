/// A page of the enrollment site, read by its structure: links, element ids and numbers are the same in every language,
/// words are only quoted.
struct EnrollmentPage: Sendable {
    let source: String
    private let head: ResponseHead?

    init(_ answer: WebAnswer) {
        // The pages say UTF-8; those of IIS itself, and old ones, are Latin-1.
        source =
            String(validating: answer.body, as: UTF8.self)
            ?? String(String.UnicodeScalarView(answer.body.map { Unicode.Scalar($0) }))
        head = answer.heads.last
    }

    init(source: String, head: ResponseHead? = nil) {
        self.source = source
        self.head = head
    }

    /// The number in the link to the certificate, on the page of an issued one.
    var issuedID: String? {
        source.firstMatch(of: /certnew\.cer\?ReqID=([0-9]+)&/.ignoresCase()).map { String($0.1) }
    }

    var isDenied: Bool { hasElement("locDenied") }

    /// The number after `locDispLabel`: 2 denied, 3 issued, 5 pending, 6 revoked.
    var disposition: Int? {
        guard let rest = value(of: "locDispLabel"), let found = rest.firstMatch(of: /[0-9]+/) else { return nil }
        return Int(found.0)
    }

    /// The code after `locLastStatLabel`, when it is a failure.
    var lastStatus: UInt32? {
        value(of: "locLastStatLabel").flatMap { Self.failures(in: $0).first }
    }

    /// All failure codes on the page, in their order.
    var failures: [UInt32] { Self.failures(in: source) }

    /// What may be the number of a request that was taken without saying so by a link: the cookie that the page sets,
    /// or, less surely, any number in its text.
    var candidates: (sure: [String], unsure: [String]) {
        let cookies = (head?.values("set-cookie") ?? []).filter { $0.hasPrefix("Requests=") }
        let sure = cookies.compactMap { cookie in
            // [339,0,yes,Saved-Request Certificate …], plain or with its brackets escaped; the newest is the last.
            cookie.matches(of: /(?:\[|%5B)([0-9]+)(?:,|%2C)/.ignoresCase()).last.map { String($0.1) }
        }
        var unsure: [String] = []
        for word in text.split(whereSeparator: { $0.isWhitespace || "()«»\"".contains($0) }) {
            let number = String(word.prefix { $0.isASCII && $0.isNumber })
            let isAlone = word.dropFirst(number.count).allSatisfy { ".,;!?".contains($0) }
            if (1...10).contains(number.count), isAlone, !unsure.contains(number) { unsure.append(number) }
        }
        return (sure, Array(unsure.prefix(4)))
    }

    /// What a person would read, in one line.
    var text: String {
        var rest = source
        for kind in ["script", "style", "head"] { rest = Self.without(kind, rest) }
        rest.replace(/<!--.*?-->/.dotMatchesNewlines(), with: " ")
        rest.replace(/<[^>]*>/, with: " ")
        return HTMLEntities.decode(rest).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The sentence that explains, to be quoted: the one between quotation marks that holds a code, or the text's
    /// beginning.
    var quotation: String {
        let text = self.text
        let found = text.firstMatch(of: /["«“]\s?([^"»”]*0x[0-9A-Fa-f]{8}[^"»”]*?)\s?["»”]/).map { String($0.1) }
        let quoted = found ?? text
        return quoted.count > 300 ? quoted.prefix(300) + "…" : quoted
    }

    /// How often the authority's own certificate was renewed, from `certcarc.asp`.
    var renewals: Int? {
        source.firstMatch(of: /nRenewals\s*=\s*([0-9]{1,4})\s*;/).flatMap { Int($0.1) }
    }

    private func hasElement(_ id: String) -> Bool { range(of: id) != nil }

    /// `ID=locDenied`, `id="locDenied"`.
    private func range(of id: String) -> Range<String.Index>? {
        source.matches(of: /\sid\s*=\s*["']?([A-Za-z]+)/.ignoresCase()).first { $0.1.lowercased() == id.lowercased() }?
            .range
    }

    /// The text of the `DD` after the `DT` with that id.
    private func value(of id: String) -> String? {
        guard let label = range(of: id) else { return nil }
        let rest = source[label.upperBound...]
        guard let open = rest.firstMatch(of: /<dd[^>]*>/.ignoresCase()) else { return nil }
        let after = rest[open.range.upperBound...]
        let end = after.firstMatch(of: /<\/dd>|<dt/.ignoresCase())?.range.lowerBound ?? after.endIndex
        return EnrollmentPage(source: String(after[..<end])).text
    }

    private static func failures(in text: String) -> [UInt32] {
        text.matches(of: /0x([0-9A-Fa-f]{8})(?![0-9A-Fa-f])/).compactMap { UInt32($0.1, radix: 16) }
            .filter { $0 >= 0x8000_0000 }
    }

    private static func without(_ kind: String, _ text: String) -> String {
        var rest = text
        let lower = { (text: String) in text.lowercased() }
        while let open = lower(rest).firstRange(of: "<\(kind)") {
            let tail = lower(rest)[open.upperBound...]
            // `<header>` is no `<head>`.
            if let next = tail.first, next.isLetter { return rest }
            let close = tail.firstRange(of: "</\(kind)>")?.upperBound ?? lower(rest).endIndex
            let from = lower(rest).distance(from: lower(rest).startIndex, to: open.lowerBound)
            let to = lower(rest).distance(from: lower(rest).startIndex, to: close)
            rest = String(rest.prefix(from)) + " " + String(rest.dropFirst(to))
        }
        return rest
    }
}

/// The few entities that these pages use.
enum HTMLEntities {
    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "eacute": "é", "egrave": "è",
        "ecirc": "ê", "agrave": "à", "acirc": "â", "ccedil": "ç", "ocirc": "ô", "icirc": "î", "ucirc": "û",
        "ugrave": "ù", "laquo": "«", "raquo": "»", "ouml": "ö", "auml": "ä", "uuml": "ü", "szlig": "ß", "iuml": "ï",
        "Eacute": "É", "Agrave": "À", "rsquo": "’", "hellip": "…",
    ]

    static func decode(_ text: String) -> String {
        text.replacing(/&(#?[0-9A-Za-z]{1,8});/) { found in
            let name = found.1
            if let value = named[String(name)] { return value }
            let isHex = name.hasPrefix("#x") || name.hasPrefix("#X")
            let number = isHex ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
            guard name.hasPrefix("#"), let scalar = number.flatMap(Unicode.Scalar.init) else {
                return String(found.0)
            }
            return String(Character(scalar))
        }
    }
}
