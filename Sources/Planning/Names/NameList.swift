import FleetModel

/// Names in the order in which they are asked for, each once and with the reason it came first.
struct NameList {
    private(set) var names: [OrderedName] = []

    /// Adds a name; one that is there already, in any case of letters, keeps its first reason.
    mutating func add(_ name: String?, origin: String) {
        guard let name, !name.isEmpty, !contains(name) else { return }
        names.append(OrderedName(name, origin: origin))
    }

    func contains(_ name: String) -> Bool {
        names.contains { $0.name.lowercased() == name.lowercased() }
    }

    /// Takes a name out; true when it was there.
    mutating func remove(_ name: String) -> Bool {
        guard let index = names.firstIndex(where: { $0.name.lowercased() == name.lowercased() }) else { return false }
        names.remove(at: index)
        return true
    }
}
