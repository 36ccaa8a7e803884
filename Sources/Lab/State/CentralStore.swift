import FleetModel
import FoundationEssentials

/// The Central Management store of a lab: what is assigned for the whole deployment, beside the hosts' folders.
///
/// Nothing runs in the background: a host takes up what is due for it when it is next asked anything, by the clock that
/// it is asked at.
struct CentralStore: Sendable {
    private struct Assigned: Codable {
        var thumbprint: String
        var changed: Date
    }

    /// How long a replica takes as a rule.
    static let delay: TimeInterval = 2
    /// Kept in the store, and so assigned once for all.
    static let usages = ["OAuthTokenIssuer"]

    let folder: LabFolder

    init(_ folder: LabFolder) { self.folder = folder }

    /// The one that a host's folder belongs to; `nil` for a folder on its own.
    static func above(_ state: HostState) -> CentralStore? {
        guard let folder = try? LabFolder(existing: "\(state.folder)/../.."),
            (try? StateFile.read(folder.record)) ?? nil != nil
        else { return nil }
        return CentralStore(folder)
    }

    private var record: String { "\(folder.path)/cms/assigned.json" }
    private var store: CertificateStore { CertificateStore(folder: "\(folder.path)/cms/certificates") }

    private func assigned() throws -> [String: Assigned] {
        try StateFile.readJSON([String: Assigned].self, record) ?? [:]
    }

    func thumbprint(of usage: String) throws -> String? { try assigned()[usage]?.thumbprint }

    func entry(_ thumbprint: String) throws -> StoreEntry? { try store.entry(thumbprint) }

    func assign(_ entry: StoreEntry, to usage: String, now: Date) throws {
        try LabFolder.make("\(folder.path)/cms/certificates", mode: 0o700)
        try store.add(entry)
        try StateFile.exclusively(record) {
            var all = try assigned()
            all[usage] = Assigned(thumbprint: entry.thumbprint, changed: now)
            try StateFile.writeJSON(all, to: record)
        }
    }

    // MARK: Replicas

    func isUpToDate(_ host: String, now: Date) throws -> Bool {
        let faults = try folder.state(host).faults.all().map(\.fault)
        guard !faults.contains(.replicaLate), !faults.contains(.replicaStuck) else { return false }
        return try assigned().values.allSatisfy { now >= $0.changed.addingTimeInterval(Self.delay) }
    }

    /// What is late is asked for, and comes; what is stuck stays so.
    func push(to host: String) throws {
        try folder.state(host).faults.clear(.replicaLate)
    }

    /// Brings a host what is due for it.
    func replicate(to state: HostState, host: HostIdentity, now: Date) throws {
        guard [.frontEnd, .standardEdition, .director].contains(host.type) else { return }
        let due = try assigned()
        let there = try state.usages()
        guard due.contains(where: { there[$0.key] != $0.value.thumbprint }), try isUpToDate(host.name, now: now) else {
            return
        }
        for (usage, assigned) in due where there[usage] != assigned.thumbprint {
            guard let entry = try store.entry(assigned.thumbprint) else { continue }
            if try state.store(.my).entry(entry.thumbprint) == nil { try state.store(.my).add(entry) }
            try state.assignAndServe(entry.thumbprint, to: [usage], type: host.type)
        }
    }
}
