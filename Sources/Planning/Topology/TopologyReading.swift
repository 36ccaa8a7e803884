package import FleetModel

/// Reads what the steps of `templates/procedures/topology.yaml` brought back.
package enum TopologyReading {
    /// - Parameter results: Step id → what the call returned.
    /// - Throws: ``Fault`` `topology.unreadable` when there is no SIP domain or no pool.
    package static func topology(from results: [String: [JSONValue]]) throws -> PublishedTopology {
        var topology = PublishedTopology()
        let domains = (results["sip-domains"] ?? []).compactMap { value -> (name: String, isDefault: Bool)? in
            guard let name = value["Name"]?.text ?? value["Identity"]?.text else { return nil }
            return (name, value["IsDefault"]?.flag ?? false)
        }
        topology.sipDomains = (domains.filter(\.isDefault) + domains.filter { !$0.isDefault }).map(\.name)
        readURLs(results["simple-urls"] ?? [], into: &topology)
        topology.pools = pools(results)
        guard !topology.sipDomains.isEmpty, !topology.pools.isEmpty else {
            throw Fault(
                "topology.unreadable", .failed, "the Central Management store shows no SIP domain or no pool",
                hint: "sign in with an account that may read it: a member of RTCUniversalReadOnlyAdmins, by password")
        }
        return topology
    }

    // MARK: Simple URLs

    /// A URL of the configuration is an object of the product's, which comes as its text:
    /// `Component=Meet;Domain=example.com;ActiveUrl=https://meet.example.com`.
    private static func readURLs(_ configurations: [JSONValue], into topology: inout PublishedTopology) {
        for url in configurations.compactMap({ $0["SimpleUrl"] }).flatMap({ $0.items ?? [$0] }) {
            guard let component = field("Component", of: url)?.lowercased(),
                let host = field("ActiveUrl", of: url).flatMap(host(ofURL:))
            else { continue }
            switch component {
            case "meet":
                if !topology.meet.contains(where: { $0.lowercased() == host.lowercased() }) {
                    topology.meet.append(host)
                }
            case "dialin": topology.dialin = topology.dialin ?? host
            case "admin", "cscp": topology.admin = topology.admin ?? host
            default: continue
            }
        }
    }

    private static func field(_ name: String, of url: JSONValue) -> String? {
        if let value = url[name]?.text { return value }
        for part in (url.text ?? "").split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0].lowercased() == name.lowercased() { return String(pair[1]) }
        }
        return nil
    }

    private static func host(ofURL url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let host = url[scheme.upperBound...].prefix { !"/:?#".contains($0) }
        return host.isEmpty ? nil : String(host)
    }

    // MARK: Pools

    private static func pools(_ results: [String: [JSONValue]]) -> [PublishedTopology.Pool] {
        func of(_ step: String, _ fqdn: String) -> JSONValue? {
            results[step]?.first { same($0["PoolFqdn"]?.text, fqdn) }
        }
        return (results["pools"] ?? []).compactMap { value in
            guard let fqdn = value["Fqdn"]?.text ?? value["Identity"]?.text else { return nil }
            let members = (results["computers"] ?? []).filter { same($0["Pool"]?.text, fqdn) }
                .compactMap { $0["Fqdn"]?.text ?? $0["Identity"]?.text }
            guard !members.isEmpty, let type = type(fqdn, members: members, has: { of($0, fqdn) != nil }) else {
                return nil
            }
            var pool = PublishedTopology.Pool(fqdn: fqdn, type: type, members: members)
            if type != .mediation, type != .sba, let web = of("web", fqdn) {
                // What is not overridden is shown as the pool's own name.
                pool.webInternal = web["InternalFqdn"]?.text.flatMap { same($0, fqdn) ? nil : $0 }
                pool.webExternal = web["ExternalFqdn"]?.text.flatMap { same($0, fqdn) ? nil : $0 }
                if type == .standardEdition { pool.webInternal = nil }
            }
            if let edge = of("edge", fqdn) {
                pool.access = edge["AccessEdgeExternalFqdn"]?.text
                pool.webConferencing = edge["DataEdgeExternalFqdn"]?.text
                pool.av = edge["AVEdgeExternalFqdn"]?.text
            }
            return pool
        }
    }

    /// By its services; `nil` for a pool without any that needs a certificate of ours: gateways, databases, trusted
    /// applications.
    private static func type(_ fqdn: String, members: [String], has: (String) -> Bool) -> PoolType? {
        if has("edge") { return .edge }
        if has("directors") { return .director }
        if has("users") { return members.count == 1 && same(members[0], fqdn) ? .standardEdition : .frontEnd }
        if has("registrars") { return .sba }
        return has("mediation") ? .mediation : nil
    }

    private static func same(_ one: String?, _ other: String) -> Bool { one?.lowercased() == other.lowercased() }
}
