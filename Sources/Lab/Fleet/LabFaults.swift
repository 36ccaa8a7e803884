/// Switches faults of simulated hosts on and off: `lab fault`.
package enum LabFaults {
    /// The words of `lab fault`.
    package static var names: [String] { FaultKind.allCases.map(\.rawValue) }

    /// Sets a fault and waits until it is in force.
    ///
    /// - Parameters:
    ///   - step: A step's name; none: the first changing step.
    ///   - times: How often it happens; none: until it is cleared. `refused` knows no count.
    ///   - steps: The names that there are.
    /// - Throws: ``LabError`` `unknown` with the names that there are; `notUp` when the daemon does not follow.
    package static func set(
        _ fault: String, on host: String, at step: String? = nil, times: Int? = nil, steps: [String],
        folder path: String
    ) async throws {
        let folder = try LabFolder(existing: path)
        _ = try LabRecord.read(folder).host(host)
        guard let kind = FaultKind(rawValue: fault) else {
            throw LabError(
                .unknown, "there is no fault '\(fault)'", hint: "faults: \(names.joined(separator: ", "))")
        }
        if let step, !steps.contains(step) {
            throw LabError(
                .unknown, "there is no step '\(step)'", hint: "steps: \(steps.sorted().joined(separator: ", "))")
        }
        if let times, times < 1 { throw LabError(.unknown, "a fault happens once or more often, not \(times) times") }
        if kind == .refused && (step != nil || times != nil) {
            throw LabError(
                .unknown, "'refused' is not of a step and has no count: nothing listens until it is cleared",
                hint: "certfleet lab fault \(path) \(host) refused")
        }
        try folder.state(host).faults.add(FaultEntry(kind, step: step, times: times))
        if kind == .refused { try await tellDaemon(folder) }
    }

    /// Takes back all faults of a host, and waits until it is so.
    package static func clear(host: String, folder path: String) async throws {
        let folder = try LabFolder(existing: path)
        _ = try LabRecord.read(folder).host(host)
        try folder.state(host).faults.clear()
        try await tellDaemon(folder)
    }

    /// A lab that is down reads the faults when it comes up.
    private static func tellDaemon(_ folder: LabFolder) async throws {
        if try FileLock.isFree(folder.lock) { return }
        let answer = try await ControlSocket.ask("reload", in: folder)
        guard answer == "ok" else { throw LabError(.notUp, "the lab says: \(answer)") }
    }
}
