/// What PowerShell writes to stderr when that is redirected: error texts in XML, with escapes inside escapes.
package enum CLIXML {
    /// The words in it, for people: errors and warnings, without XML, `_xHHHH_` escapes and colour sequences.
    ///
    /// Text outside the XML stays, for a shell that cannot find PowerShell answers in plain text; bytes that are no
    /// UTF-8 are read as code page 850, that of a console in Western Europe. Takes anything; a cut document gives
    /// what came of it.
    package static func plainText(_ bytes: some Collection<UInt8>) -> String {
        let text = String(validating: bytes, as: UTF8.self) ?? String(bytes.map { codePage850[Int($0)] })
        return tidied(words(in: text, depth: 0))
    }

    /// One document may hold another, when PowerShell started PowerShell.
    private static func words(in text: String, depth: Int) -> String {
        guard depth < 4, let start = text.firstRange(of: "#< CLIXML") else { return text }
        let document = text[start.upperBound...]
        let end = document.firstRange(of: "</Objs>")?.upperBound ?? document.endIndex
        var found = ""
        var rest = document[..<end]
        while let open = rest.firstRange(of: "<S S=\"") {
            rest = rest[open.upperBound...]
            let stream = rest.prefix { $0 != "\"" }
            guard let content = rest.firstRange(of: ">") else { break }
            rest = rest[content.upperBound...]
            let close = rest.firstRange(of: "</S>")
            if stream.lowercased() == "error" || stream.lowercased() == "warning" {
                found += unescaped(rest[..<(close?.lowerBound ?? rest.endIndex)])
            }
            rest = rest[(close?.upperBound ?? rest.endIndex)...]
        }
        return text[..<start.lowerBound] + words(in: found, depth: depth + 1) + "\n"
            + words(in: String(document[end...]), depth: depth + 1)
    }

    /// Resolves `&lt;` and its kin, then `_x000A_`.
    private static func unescaped(_ text: Substring) -> String {
        let plain = replaced(text, from: "&", to: ";", longest: 10) { name in
            switch name {
            case "lt": "<"
            case "gt": ">"
            case "amp": "&"
            case "quot": "\""
            case "apos": "'"
            default: name.hasPrefix("#x") ? character(hex: name.dropFirst(2)) : nil
            }
        }
        return replaced(plain[...], from: "_x", to: "_", longest: 4) { character(hex: $0) }
    }

    private static func character(hex: Substring) -> String? {
        guard let number = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(number) else { return nil }
        return String(Character(scalar))
    }

    /// Replaces each `from…to` that `meaning` understands; what it does not understand stays as it is.
    private static func replaced(
        _ text: Substring, from open: String, to close: Character, longest: Int, meaning: (Substring) -> String?
    ) -> String {
        var result = ""
        var rest = text
        while let start = rest.firstRange(of: open) {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            let name = rest.prefix(longest).prefix { $0 != close }
            if let after = rest[name.endIndex...].first, after == close, let known = meaning(name) {
                result += known
                rest = rest[name.endIndex...].dropFirst()
            } else {
                result += open
            }
        }
        return result + rest
    }

    /// Without terminal sequences and other control characters; lines trimmed, empty ones left out.
    private static func tidied(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\u{1B}": skipSequence(&scalars)
            case "\n", "\r": plain.append("\n")
            case "\t": plain.append(" ")
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{FEFF}": continue
            default: plain.append(scalar)
            }
        }
        return String(plain).split(separator: "\n").map(trimmed).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line.drop { $0 == " " }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// Skips what follows ESC: `[…` to its final letter, `]…` to BEL or ESC `\`, else one character.
    private static func skipSequence(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        switch scalars.popFirst() {
        case "[":
            while let next = scalars.popFirst(), !(0x40...0x7E).contains(next.value) {}
        case "]":
            while let next = scalars.popFirst(), next != "\u{07}" {
                if next == "\u{1B}" {
                    _ = scalars.popFirst()
                    break
                }
            }
        default: break
        }
    }

    private static let codePage850: [Character] =
        (0..<128).map { Character(Unicode.Scalar(UInt8($0))) }
        + Array(
            "\u{C7}\u{FC}\u{E9}\u{E2}\u{E4}\u{E0}\u{E5}\u{E7}\u{EA}\u{EB}\u{E8}\u{EF}\u{EE}\u{EC}\u{C4}\u{C5}"
                + "\u{C9}\u{E6}\u{C6}\u{F4}\u{F6}\u{F2}\u{FB}\u{F9}\u{FF}\u{D6}\u{DC}\u{F8}\u{A3}\u{D8}\u{D7}\u{192}"
                + "\u{E1}\u{ED}\u{F3}\u{FA}\u{F1}\u{D1}\u{AA}\u{BA}\u{BF}\u{AE}\u{AC}\u{BD}\u{BC}\u{A1}\u{AB}\u{BB}"
                + "\u{2591}\u{2592}\u{2593}\u{2502}\u{2524}\u{C1}\u{C2}\u{C0}\u{A9}\u{2563}\u{2551}\u{2557}\u{255D}"
                + "\u{A2}\u{A5}\u{2510}\u{2514}\u{2534}\u{252C}\u{251C}\u{2500}\u{253C}\u{E3}\u{C3}\u{255A}\u{2554}"
                + "\u{2569}\u{2566}\u{2560}\u{2550}\u{256C}\u{A4}\u{F0}\u{D0}\u{CA}\u{CB}\u{C8}\u{131}\u{CD}\u{CE}"
                + "\u{CF}\u{2518}\u{250C}\u{2588}\u{2584}\u{A6}\u{CC}\u{2580}\u{D3}\u{DF}\u{D4}\u{D2}\u{F5}\u{D5}"
                + "\u{B5}\u{FE}\u{DE}\u{DA}\u{DB}\u{D9}\u{FD}\u{DD}\u{AF}\u{B4}\u{AD}\u{B1}\u{2017}\u{BE}\u{B6}"
                + "\u{A7}\u{F7}\u{B8}\u{B0}\u{A8}\u{B7}\u{B9}\u{B3}\u{B2}\u{25A0}\u{A0}")
}
