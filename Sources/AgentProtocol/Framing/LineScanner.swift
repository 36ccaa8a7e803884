/// Cuts the coordinator's output into lines, whatever the pieces in which it comes; for the agent's side.
package struct LineScanner: Sendable {
    private var pending: [UInt8] = []

    package init() {}

    /// Takes the next bytes.
    ///
    /// - Returns: Each line that they complete, without its line end; empty lines too.
    /// - Throws: ``AgentProtocolError`` `oversize`; the scanner is of no use afterwards.
    package mutating func feed(_ bytes: some Collection<UInt8>) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            pending += rest[..<end]
            guard pending.count <= AgentLimits.line + 1 else {
                throw AgentProtocolError(.oversize, "a line of more than \(AgentLimits.line) bytes")
            }
            guard end < rest.endIndex else { break }
            if pending.last == 0x0D { pending.removeLast() }
            lines.append(pending)
            pending = []
            rest = rest[(end + 1)...]
        }
        return lines
    }
}
