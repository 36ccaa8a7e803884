/// The latest bytes of a stream, for people to read when something went wrong.
package struct KeptTail: Sendable {
    private var kept: [UInt8] = []
    private let limit: Int
    /// How many bytes came by in all.
    package private(set) var total = 0

    package init(limit: Int = AgentLimits.noise) { self.limit = limit }

    package var bytes: [UInt8] { Array(kept.suffix(limit)) }
    package var isEmpty: Bool { kept.isEmpty }

    package mutating func append(_ more: some Collection<UInt8>) {
        total += more.count
        kept.append(contentsOf: more.suffix(limit))
        // Trimmed at twice the limit, so that a flood moves each byte once at most.
        if kept.count > 2 * limit { kept.removeFirst(kept.count - limit) }
    }
}
