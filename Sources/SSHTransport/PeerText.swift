/// Text that the other side wrote, made fit to be quoted in one line.
enum PeerText {
    /// Without control characters, line ends and outer blanks; what is not UTF-8 becomes U+FFFD.
    static func clean(_ bytes: some Collection<UInt8>) -> String {
        var words: [String] = []
        for word in String(decoding: bytes, as: UTF8.self).unicodeScalars.split(whereSeparator: isBlank) {
            words.append(String(String.UnicodeScalarView(word)))
        }
        return words.joined(separator: " ")
    }

    /// The same, cut where a sentence becomes a page.
    static func quote(_ bytes: some Collection<UInt8>, limit: Int = 300) -> String? {
        let text = clean(bytes.prefix(4 * limit))
        if text.isEmpty { return nil }
        return "\"\(text.count > limit ? text.prefix(limit) + "…" : text[...])\""
    }

    /// Controls of both ranges, and what turns the direction of writing.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || (0x7f...0xa0).contains(scalar.value) || (0x2028...0x202e).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
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
