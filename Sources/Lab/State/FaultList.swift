/// A fault that a simulated host plays.
package enum FaultKind: String, Sendable, Codable, CaseIterable {
    /// Nothing listens on the host's SSH port (the lab's listener plays it).
    case refused
    /// The agent starts and never says hello.
    case noHello = "no-hello"
    /// The call is received and not begun; then the line is cut.
    case cutBefore = "cut-before"
    /// The call is done; the line is cut before the answer.
    case cutAfter = "cut-after"
    case cmdletError = "cmdlet-error"
    /// The answer takes some seconds, with progress in between.
    case late
    /// The host's replica of the Central Management store takes nothing up before it is asked to.
    case replicaLate = "replica-late"
    /// It takes nothing up at all.
    case replicaStuck = "replica-stuck"
    /// The volume is full: HRESULT 0x80070070.
    case diskFull = "disk-full"
}

extension FaultKind {
    /// Whether a call plays it; the others are a state of the host.
    var isOfCalls: Bool {
        switch self {
        case .refused, .noHello, .replicaLate, .replicaStuck: false
        case .cutBefore, .cutAfter, .cmdletError, .late, .diskFull: true
        }
    }
}

/// One entry of `faults.json`.
package struct FaultEntry: Sendable, Equatable, Codable {
    package var fault: FaultKind
    /// The step's name, which is the frame's id; none: the first call whose cmdlet changes something.
    package var step: String?
    /// How often it still happens; none: until it is cleared.
    package var times: Int?
    /// `late`: how long the answer takes; 3 when not given.
    package var seconds: Double?

    package init(_ fault: FaultKind, step: String? = nil, times: Int? = nil, seconds: Double? = nil) {
        self.fault = fault
        self.step = step
        self.times = times
        self.seconds = seconds
    }
}

/// The faults of a host, in `faults.json`; changed under a lock, since the lab and an agent both do.
package struct FaultList: Sendable {
    let path: String

    package func all() throws -> [FaultEntry] { try StateFile.readJSON([FaultEntry].self, path) ?? [] }

    package func add(_ entry: FaultEntry) throws {
        try change { $0.append(entry) }
    }

    package func clear() throws {
        try change { $0 = [] }
    }

    /// Takes back one kind, however often it was to happen.
    func clear(_ kind: FaultKind) throws {
        try change { $0.removeAll { $0.fault == kind } }
    }

    /// The first fault that the test accepts, counted down by one; gone when it was its last time.
    package func take(where matches: (FaultEntry) -> Bool) throws -> FaultEntry? {
        guard try all().contains(where: matches) else { return nil }
        var taken: FaultEntry?
        try change { entries in
            guard let index = entries.firstIndex(where: matches) else { return }
            taken = entries[index]
            if let times = entries[index].times {
                if times <= 1 { entries.remove(at: index) } else { entries[index].times = times - 1 }
            }
        }
        return taken
    }

    private func change(_ body: (inout [FaultEntry]) -> Void) throws {
        try StateFile.exclusively(path) {
            var entries = try all()
            body(&entries)
            try StateFile.writeJSON(entries, to: path)
        }
    }
}
