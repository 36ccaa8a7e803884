/// Finds frames in the agent's output, whatever the pieces in which it comes.
///
/// A frame is a line that begins with 0x1E and this connection's nonce; everything else is noise: what a login profile
/// prints, colour sequences, a frame with another nonce. CR before a line end and a byte order mark at the very
/// beginning are passed over.
package struct FrameScanner: Sendable {
    private enum Line { case open, frame, noise }

    private let mark: [UInt8]
    private var line = Line.open
    private var pending: [UInt8] = []
    /// The first bytes, until they are known to be a byte order mark or not.
    private var lead: [UInt8]? = []
    /// Output that is no frame.
    package private(set) var noise = KeptTail()

    private static let byteOrderMarks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]]

    package init(nonce: String) {
        mark = [0x1E] + Array(nonce.utf8) + [UInt8(ascii: "{")]
    }

    /// Takes the next bytes.
    ///
    /// - Returns: The JSON of each frame that they complete, in order.
    /// - Throws: ``AgentProtocolError`` `oversize`; the scanner is of no use afterwards.
    package mutating func feed(_ bytes: some Collection<UInt8>) throws -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = withoutByteOrderMark(bytes)[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            try take(rest[..<end])
            guard end < rest.endIndex else { break }
            if let frame = endLine() { frames.append(frame) }
            rest = rest[(end + 1)...]
        }
        return frames
    }

    private mutating func withoutByteOrderMark(_ bytes: some Collection<UInt8>) -> [UInt8] {
        guard var seen = lead else { return Array(bytes) }
        seen += bytes
        if let found = Self.byteOrderMarks.first(where: { seen.starts(with: $0) }) {
            lead = nil
            return Array(seen.dropFirst(found.count))
        }
        if Self.byteOrderMarks.contains(where: { $0.starts(with: seen) }) {
            lead = seen
            return []
        }
        lead = nil
        return seen
    }

    private mutating func take(_ piece: ArraySlice<UInt8>) throws {
        guard line != .noise else { return noise.append(piece) }
        pending += piece
        if line == .open {
            if pending.count >= mark.count, pending.starts(with: mark) {
                line = .frame
            } else if !mark.starts(with: pending.prefix(mark.count)), pending != [0x0D] {
                line = .noise
                noise.append(pending)
                pending = []
            }
        }
        if line == .frame, pending.count - mark.count >= AgentLimits.line + 1 {
            throw AgentProtocolError(.oversize, "a frame of more than \(AgentLimits.line) bytes")
        }
    }

    private mutating func endLine() -> [UInt8]? {
        defer {
            line = .open
            pending = []
        }
        switch line {
        case .frame:
            var json = pending.dropFirst(mark.count - 1)
            if json.last == 0x0D { json.removeLast() }
            return Array(json)
        case .open:
            if !pending.isEmpty, pending != [0x0D] { noise.append(pending + [0x0A]) }
            return nil
        case .noise:
            noise.append([0x0A])
            return nil
        }
    }
}
