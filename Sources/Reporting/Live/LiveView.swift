package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What a terminal shows while a run goes on: pool by pool, host by host, drawn anew from the events seen so far.
package struct LiveView: Sendable {
    private struct PoolState {
        var name: String
        var hosts: [String]
        var stopped = false
    }

    private var command: String
    private var began: Date?
    private var ended: Date?
    private var pools: [PoolState]
    private var hosts: [String: LiveHost] = [:]

    /// - Parameter pools: Name and hosts of each pool, in the order in which they are shown.
    package init(command: String, pools: [(name: String, hosts: [String])]) {
        self.command = command
        self.pools = pools.map { PoolState(name: $0.name, hosts: $0.hosts) }
    }

    /// Takes in the next event.
    package mutating func apply(_ event: RunEvent) {
        switch event.kind {
        case .runBegan:
            began = began ?? event.time
            ended = nil
            changeAll { $0.runBegan() }
        case .runEnded(let state, _):
            ended = event.time
            if state != .finished { changeAll { $0.runEnded() } }
        case .planned(let summary):
            for host in summary.hosts { change(host) { $0.planned(summary.need) } }
        case .poolStopped(let pool, _):
            if let index = pools.firstIndex(where: { $0.name == pool }) { pools[index].stopped = true }
        case .poolEnded(let pool):
            for host in pools.first(where: { $0.name == pool })?.hosts ?? [] { change(host) { $0.poolEnded() } }
        default:
            if let host = LiveHost.host(of: event.kind) { change(host) { $0.apply(event) } }
        }
    }

    private mutating func changeAll(_ body: (inout LiveHost) -> Void) {
        for host in pools.flatMap(\.hosts) { change(host, body) }
    }

    private mutating func change(_ host: String, _ body: (inout LiveHost) -> Void) {
        if !pools.contains(where: { $0.hosts.contains(host) }) {
            // A host that nobody announced is shown all the same.
            if let last = pools.indices.last, pools[last].name.isEmpty {
                pools[last].hosts.append(host)
            } else {
                pools.append(PoolState(name: "", hosts: [host]))
            }
        }
        body(&hosts[host, default: LiveHost()])
    }

    /// At most `height` lines of at most `width` characters, colour codes not counted.
    ///
    /// When there are more hosts than lines, working and failed ones are shown first; each pool's own line counts
    /// the rest, and pools that find no room are counted in the last line.
    package func lines(width: Int, height: Int, now: Date, style: TextStyle) -> [String] {
        guard width > 0, height > 0 else { return [] }
        var result = [style(headline(now).cut(width), .strong)]
        let room = height - 1
        guard room >= pools.count else { return result + crowded(width, room, style) }
        let shown = visible(room - pools.count)
        let column = min(24, hosts.keys.map(\.count).max() ?? 0)
        for pool in pools {
            result.append(poolLine(pool, width, style))
            for host in pool.hosts where shown.contains(host) {
                result.append(state(host).line(host, column: column, width: width, now: now, style: style))
            }
        }
        return result
    }

    private func state(_ host: String) -> LiveHost { hosts[host] ?? LiveHost() }

    private func headline(_ now: Date) -> String {
        let time = began.map { " · " + DisplayClock.elapsed((ended ?? now).timeIntervalSince($0)) } ?? ""
        return command.cleaned + time
    }

    private func visible(_ room: Int) -> Set<String> {
        let all = pools.flatMap(\.hosts).enumerated()
        let ranked = all.sorted { (state($0.element).rank, $0.offset) < (state($1.element).rank, $1.offset) }
        return Set(ranked.prefix(max(0, room)).map(\.element))
    }

    private func poolLine(_ pool: PoolState, _ width: Int, _ style: TextStyle) -> String {
        let name = pool.name.isEmpty ? "other hosts" : pool.name.cleaned
        let counts = Self.counts(pool.hosts.map { state($0) })
        let text = "\(name)  \(counts)\(pool.stopped ? ", pool stopped" : "")".cut(width)
        return style(text, pool.stopped ? .bad : .strong)
    }

    /// More pools than lines: the interesting ones first.
    private func crowded(_ width: Int, _ room: Int, _ style: TextStyle) -> [String] {
        guard room > 0 else { return [] }
        let ranked = pools.enumerated().sorted { first, second in
            let ranks = [first, second].map { $0.element.hosts.map { state($0).rank }.min() ?? .max }
            return (ranks[0], first.offset) < (ranks[1], second.offset)
        }
        let shown = ranked.prefix(room - 1).sorted { $0.offset < $1.offset }.map(\.element)
        let rest = ranked.dropFirst(room - 1).map(\.element)
        let counts = Self.counts(rest.flatMap(\.hosts).map { state($0) })
        return shown.map { poolLine($0, width, style) }
            + ["… \(counted(rest.count, "more pool")): \(counts)".cut(width)]
    }

    /// `2 done, 1 working, 3 waiting`.
    private static func counts(_ states: [LiveHost]) -> String {
        var numbers: [String: Int] = [:]
        for state in states { numbers[state.word, default: 0] += 1 }
        return LiveHost.words.compactMap { word in numbers[word].map { "\($0) \(word)" } }.joined(separator: ", ")
    }
}
