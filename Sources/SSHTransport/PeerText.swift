/// Text that the other side wrote, made fit to be quoted in one line.
enum PeerText {
    /// Without control characters, line ends and outer blanks; what is not UTF-8 becomes U+FFFD.
    static func clean(_ bytes: some Collection<UInt8>) -> String {
        if isClean(bytes) { return String(decoding: bytes, as: UTF8.self) }
        var words: [String] = []
        for word in String(decoding: bytes, as: UTF8.self).unicodeScalars.split(whereSeparator: isBlank) {
            words.append(String(String.UnicodeScalarView(word)))
        }
        return words.joined(separator: " ")
    }

    /// Whether nothing has to be taken out, as in nearly every version line; each server's comes through here.
    private static func isClean(_ bytes: some Collection<UInt8>) -> Bool {
        var isBetweenWords = true
        for byte in bytes {
            guard 0x21...0x7e ~= byte || byte == 0x20 && !isBetweenWords else { return false }
            isBetweenWords = byte == 0x20
        }
        return !isBetweenWords
    }

    /// ``clean(_:)``, cut where a sentence becomes a page.
    static func quote(_ bytes: some Collection<UInt8>, limit: Int = 300) -> String? {
        let text = clean(bytes.prefix(4 * limit))
        if text.isEmpty { return nil }
        return "\"\(text.count > limit ? text.prefix(limit) + "…" : text[...])\""
    }

    /// Names as a server lists them, cut where nobody reads on.
    static func list(_ names: [String], limit: Int = 400) -> String {
        let text = clean(names.joined(separator: ",").utf8.prefix(4 * limit))
        return text.count > limit ? text.prefix(limit) + "…" : text
    }

    /// Controls of both ranges, what has no width, and what turns the direction of writing.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x20, 0x7f...0xa0, 0xad, 0x61c, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff,
            0xfff9...0xfffb, 0xe0000...0xe007f:
            true
        default: false
        }
    }
}

extension Duration {
    /// For a sentence: `15 s`, `150 ms`.
    var words: String {
        let (seconds, attoseconds) = components
        if attoseconds == 0 { return "\(seconds) s" }
        return "\(seconds.multipliedReportingOverflow(by: 1000).partialValue + attoseconds / 1_000_000_000_000_000) ms"
    }
}
