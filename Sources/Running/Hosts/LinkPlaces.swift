/// Decides which hosts may have an agent at the same time when there are more hosts than can be connected at once.
///
/// A host keeps its place after its work, because more may come; when another waits, the place that has been idle longest
/// is taken away. Knows nothing of links or tasks.
struct LinkPlaces {
    /// What comes of asking for a place.
    enum Answer: Equatable {
        /// The host has one; the host named, if any, has lost its own and has to be left first.
        case granted(leaving: String?)
        case mustWait
    }

    /// Somebody who waited and has a place now.
    struct Grant: Equatable {
        let id: Int
        let leaving: String?
    }

    private let limit: Int
    /// How many use each host that has a place.
    private var users: [String: Int] = [:]
    /// Hosts with a place that nobody uses, the one that has been idle longest first.
    private var idle: [String] = []
    private var waiting: [(id: Int, host: String)] = []

    init(_ limit: Int) { self.limit = max(1, limit) }

    /// Somebody wants to use a host. Who has waited longer goes first, unless the host has a place anyway.
    ///
    /// - Parameter id: For ``giveUp(_:)``, and in the ``Grant`` when it comes later.
    mutating func take(_ host: String, id: Int) -> Answer {
        if let answer = place(host) { return answer }
        waiting.append((id, host))
        return .mustWait
    }

    /// A use has ended: those returned may go on.
    mutating func give(_ host: String) -> [Grant] {
        guard let count = users[host], count > 0 else { return [] }
        users[host] = count - 1
        if count == 1 { idle.append(host) }
        var granted: [Grant] = []
        waiting = waiting.filter { visitor in
            guard case .granted(let leaving)? = place(visitor.host) else { return true }
            granted.append(Grant(id: visitor.id, leaving: leaving))
            return false
        }
        return granted
    }

    /// Somebody does not want to wait any longer.
    mutating func giveUp(_ id: Int) { waiting.removeAll { $0.id == id } }

    /// All places are empty again; nobody may use one.
    mutating func clear() {
        users = [:]
        idle = []
    }

    private mutating func place(_ host: String) -> Answer? {
        if let count = users[host] {
            users[host] = count + 1
            if count == 0 { idle.removeAll { $0 == host } }
            return .granted(leaving: nil)
        }
        var leaving: String?
        if users.count >= limit {
            guard !idle.isEmpty else { return nil }
            let longest = idle.removeFirst()
            users[longest] = nil
            leaving = longest
        }
        users[host] = 1
        return .granted(leaving: leaving)
    }
}
