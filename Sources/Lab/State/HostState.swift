import FleetModel

/// Everything that a simulated host remembers: one folder, the same that `lab show` names.
///
/// It holds no cache: each question reads the files, so the lab's listeners, its agents and whoever looks with an
/// editor all see the same. One agent at a time changes it (the host's mutex); the lab itself changes only faults.
package struct HostState: Sendable {
    /// Absolute.
    package let folder: String

    package init(folder: String) { self.folder = folder }

    /// Makes the folder of a new host, with empty stores, its services running and Exchange in mode `Dual`. One that
    /// exists keeps what it has, and gets the identity (its ports may have moved).
    package static func create(_ folder: String, identity: HostIdentity) throws -> HostState {
        let state = HostState(folder: folder)
        try StateFile.makeFolder(folder)
        for name in CertificateStore.Name.allCases { try StateFile.makeFolder("\(folder)/\(name.rawValue)") }
        try StateFile.makeFolder("\(folder)/private", mode: 0o700)
        try state.setIdentity(identity)
        if try StateFile.read("\(folder)/services.json") == nil {
            let names = ServiceCatalogue.services(of: identity.type, version: identity.version)
            try StateFile.writeJSON(
                Dictionary(uniqueKeysWithValues: names.map { ($0, ServiceStatus.running) }),
                to: "\(folder)/services.json")
        }
        if identity.type.isExchange, try StateFile.read("\(folder)/um.json") == nil {
            for usage in ServiceCatalogue.usages(of: identity.type, version: identity.version) {
                try state.setStartupMode("Dual", of: usage)
            }
        }
        return state
    }

    package func store(_ name: CertificateStore.Name) -> CertificateStore {
        CertificateStore(folder: "\(folder)/\(name.rawValue)")
    }

    /// - Throws: ``StateError`` `unreadable` when `host.json` is missing or wrong.
    package func identity() throws -> HostIdentity {
        guard let identity = try StateFile.readJSON(HostIdentity.self, "\(folder)/host.json") else {
            throw StateError(.unreadable, "reading \(folder)/host.json")
        }
        return identity
    }

    package func setIdentity(_ identity: HostIdentity) throws {
        try StateFile.writeJSON(identity, to: "\(folder)/host.json")
    }

    /// Usage → thumbprint, as assigned.
    package func usages() throws -> [String: String] { try map("usages.json") }

    /// Usage → thumbprint, as its ports show it now (where its service runs).
    package func served() throws -> [String: String] { try map("served.json") }

    /// Exchange: `UM` and `UMCallRouter` → `TCP`, `TLS`, `Dual`.
    package func startupModes() throws -> [String: String] { try map("um.json") }

    package func setStartupMode(_ mode: String, of usage: String) throws {
        var modes = try startupModes()
        modes[usage] = mode
        try StateFile.writeJSON(modes, to: "\(folder)/um.json")
    }

    package var faults: FaultList { FaultList(path: "\(folder)/faults.json") }
    package var privateFolders: PrivateFolders { PrivateFolders(folder: "\(folder)/private") }

    func map(_ file: String) throws -> [String: String] {
        try StateFile.readJSON([String: String].self, "\(folder)/\(file)") ?? [:]
    }
}

/// What Windows says of a service.
package enum ServiceStatus: String, Sendable, Codable {
    case running = "Running"
    case stopped = "Stopped"
}
