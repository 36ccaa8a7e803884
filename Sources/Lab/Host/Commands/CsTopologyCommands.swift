import FleetModel

/// What a server reads from the Central Management store: the lab's whole topology, in its `host.json`.
enum CsTopologyCommands {
    static let table: [String: Command] = [
        "Get-CsSipDomain": { try sipDomains($0) },
        "Get-CsSimpleUrlConfiguration": { try simpleURLs($0) },
        "Get-CsPool": { try pools($0) },
        "Get-CsComputer": { try computers($0) },
        "Get-CsService": { try services($0) },
    ]

    /// An Edge server is no part of the domain and does not reach the store.
    private static func topology(_ context: CommandContext) throws -> PublishedTopology {
        guard let topology = context.host.topology else {
            throw context.failure(
                "Cannot connect to the Central Management store.", hresult: WindowsError.serverUnavailable)
        }
        return topology
    }

    private static func sipDomains(_ context: CommandContext) throws -> [CommandResult] {
        try topology(context).sipDomains.enumerated().map { index, domain in
            .object([
                "Identity": .string(domain), "Name": .string(domain), "IsDefault": .bool(index == 0),
            ])
        }
    }

    /// Each URL as the text of the product's object, which is all that the agent brings over of one.
    private static func simpleURLs(_ context: CommandContext) throws -> [CommandResult] {
        let topology = try topology(context)
        let primary = topology.sipDomains.first ?? ""
        var urls = topology.meet.enumerated().map { index, host in
            let domain = topology.sipDomains.indices.contains(index) ? topology.sipDomains[index] : primary
            return "Component=Meet;Domain=\(domain);ActiveUrl=https://\(host)"
        }
        if let dialin = topology.dialin { urls.append("Component=Dialin;Domain=*;ActiveUrl=https://\(dialin)") }
        if let admin = topology.admin { urls.append("Component=Cscp;Domain=*;ActiveUrl=https://\(admin)") }
        return [.object(["Identity": .string("Global"), "SimpleUrl": .texts(urls)])]
    }

    private static func pools(_ context: CommandContext) throws -> [CommandResult] {
        let wanted = context.arguments.text("Identity")?.lowercased()
        return try topology(context).pools.filter { wanted == nil || $0.fqdn.lowercased() == wanted }.map { pool in
            .object([
                "Identity": .string(pool.fqdn), "Fqdn": .string(pool.fqdn),
                "Computers": .texts(pool.members),
                "Services": .texts(roles(of: pool.type).map { "\($0):\(pool.fqdn)" }),
            ])
        }
    }

    private static func computers(_ context: CommandContext) throws -> [CommandResult] {
        let wanted = (context.arguments.text("Identity") ?? context.arguments.text("Pool"))?.lowercased()
        return try topology(context).pools.flatMap { pool in
            pool.members.filter {
                wanted == nil || $0.lowercased() == wanted || pool.fqdn.lowercased() == wanted
            }.map {
                CommandResult.object([
                    "Identity": .string($0), "Fqdn": .string($0), "Pool": .string(pool.fqdn),
                ])
            }
        }
    }

    private static func services(_ context: CommandContext) throws -> [CommandResult] {
        let role = ["UserServer", "Registrar", "Director", "MediationServer", "WebServer", "EdgeServer"].first {
            context.arguments.flag($0)
        }
        return try topology(context).pools.flatMap { pool -> [CommandResult] in
            roles(of: pool.type).filter { role == nil || $0 == role }.map { service($0, of: pool) }
        }
    }

    private static func service(_ role: String, of pool: PublishedTopology.Pool) -> CommandResult {
        var values: [String: JSONValue] = [
            "Identity": .string("\(role):\(pool.fqdn)"), "PoolFqdn": .string(pool.fqdn), "Role": .string(role),
        ]
        if role == "WebServer" {
            values["InternalFqdn"] = .string(pool.webInternal ?? pool.fqdn)
            values["ExternalFqdn"] = .string(pool.webExternal ?? pool.fqdn)
        }
        if role == "EdgeServer" {
            values["AccessEdgeExternalFqdn"] = pool.access.map(JSONValue.string) ?? .null
            values["DataEdgeExternalFqdn"] = pool.webConferencing.map(JSONValue.string) ?? .null
            values["AVEdgeExternalFqdn"] = pool.av.map(JSONValue.string) ?? .null
        }
        return .object(values)
    }

    /// The services that make a pool what it is.
    private static func roles(of type: PoolType) -> [String] {
        switch type {
        case .frontEnd, .standardEdition: ["UserServer", "Registrar", "WebServer"]
        case .director: ["Director", "Registrar", "WebServer"]
        case .mediation: ["MediationServer"]
        case .sba: ["Registrar", "MediationServer"]
        case .edge: ["EdgeServer"]
        case .exchangeUM, .callRouter, .reverseProxy: []
        }
    }
}
