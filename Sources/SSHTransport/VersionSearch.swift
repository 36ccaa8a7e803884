/// Looks for the version line in what a server sends first: other lines may come before it (RFC 4253 §4.2).
///
/// libssh2 1.10 passes over such lines too, but fails at an empty one and goes on without end, in one call, as long as
/// they come.
struct VersionSearch {
    /// How much of what came is before the version line.
    private(set) var skipped = 0
    private(set) var isFound = false
    private var isAtLineStart = true

    /// Looks on from where it was; `opening` is all that has come so far.
    mutating func look(through opening: [UInt8]) {
        while !isFound, skipped < opening.count {
            let rest = opening[skipped...]
            if isAtLineStart, rest.prefix(4).elementsEqual("SSH-".utf8.prefix(rest.count)) {
                isFound = rest.count >= 4
                return
            }
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            isAtLineStart = end != nil
            skipped = end.map { $0 + 1 } ?? opening.count
        }
    }
}
