package import FleetModel

// Assigning, starting and stopping, and what the ports show after it.
extension HostState {
    /// Assigns without starting anything: usages that no service holds are served at once, the others at the next
    /// start of their services.
    package func assign(_ thumbprint: String, to usages: [String], type: PoolType) throws {
        var assigned = try self.usages()
        for usage in usages { assigned[usage] = thumbprint.uppercased() }
        try StateFile.writeJSON(assigned, to: "\(folder)/usages.json")
        try refreshServed(type: type)
    }

    /// For seeds: as if all services had started since the assignment.
    package func assignAndServe(_ thumbprint: String, to usages: [String], type: PoolType) throws {
        try assign(thumbprint, to: usages, type: type)
        var loaded = try self.loaded()
        for usage in usages {
            for service in ServiceCatalogue.holders(of: usage, type: type) {
                loaded[service, default: [:]][usage] = thumbprint.uppercased()
            }
        }
        try StateFile.writeJSON(loaded, to: "\(folder)/loaded.json")
        try refreshServed(type: type)
    }

    /// Service → status.
    package func services() throws -> [String: ServiceStatus] {
        try StateFile.readJSON([String: ServiceStatus].self, "\(folder)/services.json") ?? [:]
    }

    /// Stops those that run; unknown names are ignored.
    package func stop(_ names: [String]) throws {
        var services = try self.services()
        for name in names where services[name] != nil { services[name] = .stopped }
        try StateFile.writeJSON(services, to: "\(folder)/services.json")
    }

    /// Starts those that are stopped: each reads its usages' certificates as they are assigned now. One that runs
    /// goes on with what it has.
    package func start(_ names: [String], type: PoolType) throws {
        var services = try self.services()
        var loaded = try self.loaded()
        let assigned = try usages()
        for name in names where services[name] == .stopped {
            services[name] = .running
            loaded[name] = assigned.filter { ServiceCatalogue.holders(of: $0.key, type: type).contains(name) }
        }
        try StateFile.writeJSON(loaded, to: "\(folder)/loaded.json")
        try StateFile.writeJSON(services, to: "\(folder)/services.json")
        try refreshServed(type: type)
    }

    /// The thumbprint that the usage's ports show now; `nil` while nothing listens there.
    package func shown(_ usage: String, type: PoolType) throws -> String? {
        if let listener = ServiceCatalogue.listener(of: usage, type: type), try services()[listener] != .running {
            return nil
        }
        if type.isExchange, try startupModes()[usage] == "TCP" { return nil }
        return try served()[usage]
    }

    /// Service → usage → thumbprint: what each service read when it last started.
    private func loaded() throws -> [String: [String: String]] {
        try StateFile.readJSON([String: [String: String]].self, "\(folder)/loaded.json") ?? [:]
    }

    /// A usage shows a certificate when all services that hold it have read that one.
    private func refreshServed(type: PoolType) throws {
        let loaded = try self.loaded()
        var served = try self.served()
        for (usage, thumbprint) in try usages() {
            let holders = ServiceCatalogue.holders(of: usage, type: type)
            if holders.allSatisfy({ loaded[$0]?[usage] == thumbprint }) { served[usage] = thumbprint }
        }
        try StateFile.writeJSON(served, to: "\(folder)/served.json")
    }
}
