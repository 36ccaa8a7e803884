/// One line of a known_hosts file that pins or revokes a key.
struct KnownHostLine: Hashable, Sendable {
    let file: String
    let number: Int
    let isRevoked: Bool
    let patterns: String
    /// In place of patterns, where the name is hashed.
    private let hashed: HashedHostName?
    let key: HostKey

    /// - Returns: nil for empty lines, comments, certification authorities and what is not understood: none of them can
    ///   make a key acceptable.
    init?(_ line: Substring, file: String, number: Int) {
        var fields = line.split(whereSeparator: \.isWhitespace)
        guard let first = fields.first, !first.hasPrefix("#") else { return nil }
        isRevoked = first == "@revoked"
        if first.hasPrefix("@") {
            guard isRevoked else { return nil }
            fields.removeFirst()
        }
        guard fields.count >= 3, let blob = Base64.decode(fields[2]), let key = HostKey(blob: blob) else { return nil }
        guard key.type == fields[1] else { return nil }
        patterns = String(fields[0])
        hashed = HashedHostName(patterns)
        self.key = key
        self.file = file
        self.number = number
    }

    /// Whether the line speaks of the host with this name (`host`, or `[host]:port`).
    func applies(to name: String) -> Bool {
        if patterns.hasPrefix("|") { return hashed?.matches(name) ?? false }
        var isNamed = false
        let name = Self.small(name.utf8)
        for pattern in patterns.utf8.split(separator: UInt8(ascii: ",")) {
            if pattern.first == UInt8(ascii: "!") {
                if Self.matches(Self.small(pattern.dropFirst()), name) { return false }
            } else if Self.matches(Self.small(pattern), name) {
                isNamed = true
            }
        }
        return isNamed
    }

    /// OpenSSH's patterns: `*` for any characters, `?` for one; letters alike in both cases.
    static func matches(_ pattern: Substring, _ name: String) -> Bool {
        matches(small(pattern.utf8), small(name.utf8))
    }

    /// In small letters; names of hosts have no others than ASCII's.
    private static func small(_ text: some Collection<UInt8>) -> [UInt8] {
        text.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
    }

    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (place, at) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                place = last.place + 1
                at = last.at + 1
                star = (last.place, at)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
