/// The lines of known_hosts files, findable by name: with a thousand hosts and as many lines, nobody wants to hold each
/// line against each host.
struct KnownHostIndex: Sendable {
    private let lines: [KnownHostLine]
    /// Where lines stand that name their hosts in full, by each of these names.
    private var plain: [String: [Int]] = [:]
    /// Where the others stand: patterns, exceptions, hashed names.
    private var others: [Int] = []

    init(_ lines: [KnownHostLine]) {
        self.lines = lines
        for (place, line) in lines.enumerated() {
            if line.patterns.utf8.contains(where: { "*?!|".utf8.contains($0) }) {
                others.append(place)
            } else {
                for name in Set(line.patterns.lowercased().split(separator: ",")) {
                    plain[String(name), default: []].append(place)
                }
            }
        }
    }

    /// The lines that speak of a host, in their order.
    func lines(for name: String) -> [KnownHostLine] {
        let places = (plain[name.lowercased()] ?? []) + others.filter { lines[$0].applies(to: name) }
        return places.sorted().map { lines[$0] }
    }
}
