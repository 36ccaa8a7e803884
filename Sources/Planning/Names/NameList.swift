import FleetModel

/// Names in the order in which they are asked for, each once and with the reason it came first.
struct NameList {
    private(set) var names: [OrderedName] = []

    var isEmpty: Bool { names.isEmpty }

    /// Adds a name; one that is there already, in any case of letters, keeps its first reason.
    ///
    /// - Parameter instead: As in ``OrderedName/instead``; of a name with two reasons only what both allow.
    mutating func add(_ name: String?, origin: String, instead: [[String]] = []) {
        guard let name, !name.isEmpty else { return }
        if let index = index(of: name) {
            names[index].instead.removeAll { !instead.contains($0) }
        } else {
            names.append(OrderedName(name, origin: origin, instead: instead))
        }
    }

    mutating func putFirst(_ name: String, origin: String) {
        guard !contains(name) else { return }
        names.insert(OrderedName(name, origin: origin), at: 0)
    }

    func contains(_ name: String) -> Bool { index(of: name) != nil }

    /// Takes a name out; true when it was there.
    mutating func remove(_ name: String) -> Bool {
        guard let index = index(of: name) else { return false }
        names.remove(at: index)
        return true
    }

    /// Says more about a name that is there.
    mutating func remark(_ text: String, on name: String) {
        if let index = index(of: name) { names[index].origin += ": \(text)" }
    }

    private func index(of name: String) -> Int? {
        names.firstIndex { $0.name.lowercased() == name.lowercased() }
    }
}
