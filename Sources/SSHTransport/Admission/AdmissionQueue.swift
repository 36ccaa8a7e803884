/// Decides who may open a connection now and who waits; knows nothing of sockets or tasks.
struct AdmissionQueue {
    /// How many connections there may be.
    struct Limits: Hashable, Sendable {
        /// Open at once, because each takes a descriptor.
        var sessions = Int.max
        /// Between `connect` and the end of the sign-in, in this process. More gain nothing, and every one of them holds
        /// buffers of its handshake; but hosts that do not answer count too, and must not hold up the others.
        var openings = 256
        /// The same at one server. Servers begin to shed connections that are not signed in at ten (sshd's MaxStartups).
        var openingsPerServer = 8
    }

    private struct Visitor {
        let id: Int
        let server: String
    }

    private let limits: Limits
    private var waiting: [Visitor] = []
    private var sessions = 0
    private var openings: [String: Int] = [:]
    private var openingCount = 0

    init(_ limits: Limits) { self.limits = limits }

    /// Whether someone waits because all sessions are taken.
    var isFull: Bool { sessions >= limits.sessions }

    /// Somebody comes; true: may go on at once. Who has waited longer goes first, unless only its server is busy.
    mutating func arrive(_ id: Int, at server: String) -> Bool {
        if fits(server) {
            begin(server)
            return true
        }
        waiting.append(Visitor(id: id, server: server))
        return false
    }

    /// Somebody has signed in, or failed to: those returned may go on.
    mutating func opened(at server: String) -> [Int] {
        openingCount -= 1
        openings[server, default: 1] -= 1
        if openings[server] == 0 { openings[server] = nil }
        return admit()
    }

    /// A connection is closed: those returned may go on.
    mutating func left() -> [Int] {
        sessions -= 1
        return admit()
    }

    /// Somebody does not want to wait any longer.
    mutating func giveUp(_ id: Int) { waiting.removeAll { $0.id == id } }

    var hasWaiting: Bool { !waiting.isEmpty }

    func isWaiting(_ id: Int) -> Bool { waiting.contains { $0.id == id } }

    private func fits(_ server: String) -> Bool {
        sessions < limits.sessions && openingCount < limits.openings
            && openings[server, default: 0] < limits.openingsPerServer
    }

    private mutating func begin(_ server: String) {
        sessions += 1
        openingCount += 1
        openings[server, default: 0] += 1
    }

    private mutating func admit() -> [Int] {
        guard !waiting.isEmpty, sessions < limits.sessions, openingCount < limits.openings else { return [] }
        var admitted: [Int] = []
        var stay: [Visitor] = []
        for visitor in waiting {
            if fits(visitor.server) {
                begin(visitor.server)
                admitted.append(visitor.id)
            } else {
                stay.append(visitor)
            }
        }
        waiting = stay
        return admitted
    }
}
