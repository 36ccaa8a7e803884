/// Decides when a connection may begin, so that neither a server nor what guards it sees a flood of newcomers.
///
/// A few go at once, then one in each interval, at one server and in the whole process. Who has to wait is given a moment
/// of its own, a little off the beat by chance, lest what was refused together comes again together. A server that sheds
/// connections is asked half as often each time, and its own rate comes back step by step.
///
/// A group of servers may have a rate of its own, which is kept strictly, without a burst. A slow group has a long line,
/// and who stands in it must not take up a place that others wait for: so it is asked twice, when to come
/// (``line(up:now:chance:)``) and, last of all, when to begin (``begin(in:now:)``).
struct OpeningPace {
    /// How often connections may begin.
    struct Rate: Hashable, Sendable {
        /// In each second, on average.
        var perSecond: Double
        /// How many may go at once after a rest.
        var burst: Int

        fileprivate var interval: Duration { .seconds(1) / perSecond }
    }

    struct Limits: Hashable, Sendable {
        /// In this process. A thousand hosts are begun within four seconds.
        var all = Rate(perSecond: 200, burst: 256)
        /// At one server. sshd sheds newcomers from ten on that have not signed in (MaxStartups), and signing in takes
        /// about a second where a domain is asked.
        var perServer = Rate(perSecond: 8, burst: 8)
    }

    /// One of many that come at the same rate: when the next would be due if all came evenly.
    private struct Bucket {
        var due = Duration.zero

        func wait(_ interval: Duration, burst: Int, now: Duration) -> Duration {
            max(.zero, due - interval * (max(1, burst) - 1) - now)
        }

        mutating func take(_ interval: Duration, now: Duration) { due = max(due, now) + interval }
    }

    private struct Server {
        var bucket = Bucket()
        /// How often the rate has been halved, and when last.
        var halvings = 0
        var shed = Duration.zero

        func halvings(at now: Duration) -> Int { max(0, halvings - Int((now - shed) / OpeningPace.forgiveness)) }
    }

    private struct Group {
        /// When to come.
        var line = Bucket()
        /// When to begin.
        var begun = Bucket()
    }

    private let limits: Limits
    private var groups: [String: Group] = [:]
    private var whole = Bucket()
    private var servers: [String: Server] = [:]

    /// After so long without shedding one halving is taken back.
    private static let forgiveness = Duration.seconds(5)
    private static let mostHalvings = 6

    init(_ limits: Limits) { self.limits = limits }

    /// Somebody wants to begin a connection to a server of a group; the answer is how long to wait before asking for a
    /// place. The moment is taken, used or not.
    mutating func line(up group: SSHServerGroup, now: Duration, chance: Double) -> Duration {
        let interval = Self.interval(of: group)
        let wait = groups[group.name, default: Group()].line.wait(interval, burst: 1, now: now)
        groups[group.name, default: Group()].line.take(interval, now: now)
        return wait > .zero ? wait + interval * min(max(0, chance), 1) : .zero
    }

    private static func interval(of group: SSHServerGroup) -> Duration { .seconds(1) / max(1, group.perSecond) }

    /// Somebody begins a connection; the answer is how long to wait before. The moment is taken, used or not.
    ///
    /// - Parameters:
    ///   - now: From any beginning, the same for all calls.
    ///   - chance: From 0 to 1, at random.
    mutating func begin(at name: String, now: Duration, chance: Double) -> Duration {
        var server = servers[name, default: Server()]
        let halvings = server.halvings(at: now)
        let interval = limits.perServer.interval * (1 << halvings)
        let burst = halvings == 0 ? limits.perServer.burst : 1
        let byServer = server.bucket.wait(interval, burst: burst, now: now)
        let byAll = whole.wait(limits.all.interval, burst: limits.all.burst, now: now)
        server.bucket.take(interval, now: now)
        whole.take(limits.all.interval, now: now)
        servers[name] = server
        let wait = max(byServer, byAll)
        guard wait > .zero else { return .zero }
        return wait + (byServer > byAll ? interval : limits.all.interval) * min(max(0, chance), 1)
    }

    /// Somebody who came in the group's line, and could begin now as far as the server goes, does so after this wait:
    /// hardly any, unless many were held up on the way and are here all at once.
    mutating func begin(in group: SSHServerGroup, now: Duration) -> Duration {
        let interval = Self.interval(of: group)
        let wait = groups[group.name, default: Group()].begun.wait(interval, burst: 1, now: now)
        groups[group.name, default: Group()].begun.take(interval, now: now)
        return wait
    }

    /// A server has shed a connection.
    mutating func wasShed(by name: String, now: Duration) {
        var server = servers[name, default: Server()]
        server.halvings = min(Self.mostHalvings, server.halvings(at: now) + 1)
        server.shed = now
        servers[name] = server
    }
}
