import FleetModel

/// The values that references of a procedure stand for, as far as planning knows them.
struct Bindings {
    let input: PlanningInput
    let pool: Pool

    func host(_ host: Host) -> [String: BoundValue] {
        var values: [String: BoundValue] = [
            "host.name": .text(host.name), "host.fqdn": .text(host.fqdn), "pool.name": .text(pool.name),
            "run.id": .text(input.run),
        ]
        values["pool.fqdn"] = (pool.effectiveFQDN ?? host.fqdn).asText
        return values
    }

    func order(_ planned: PlannedOrder, on host: Host) -> [String: BoundValue] {
        let order = planned.order
        var values = self.host(host)
        values["order.id"] = .text(order.id)
        values["order.usages"] = .list(order.usages)
        values["order.friendly-name"] = .text(FriendlyName.make(order: order.id, run: input.run))
        values["order.common-name"] = .text(order.subject.commonName)
        values["order.subject"] = .text("CN=\(order.subject.commonName)")
        values["order.names"] = .list(order.names.map(\.name))
        // A table without alternative names: then the parameter is left out.
        if !order.names.isEmpty {
            values["order.domain-names"] = .text(order.names.map(\.name).joined(separator: ","))
        }
        // Only where all are wanted; chosen ones are among the names.
        let sip = input.inventory.sipDomains.map { "sip.\($0)" }
        if !sip.isEmpty, sip.allSatisfy({ name in order.names.contains { $0.name.lowercased() == name.lowercased() } })
        {
            values["order.all-sip-domains"] = .flag(true)
        }
        values["key.bits"] = .text(String(order.key.bits))
        values["key.exportable"] = .flag(order.sharing != .host)
        values["key.copies-exportable"] = .flag(order.copiesExportable)
        values["folder.name"] = .text("\(input.run)-\(order.id.split(separator: "/").last ?? "order")")
        values["authority.name"] = .text(order.authority)
        if case .hostOnline(let settings)? = input.inventory.authorities[order.authority]?.kind {
            values["authority.ca"] = .text(settings.authority)
            values["authority.template"] = .text(settings.template)
            values["authority.user"] = settings.user?.asText
            values["authority.password"] = settings.password.map(BoundValue.secretNamed)
        }
        let organization = order.subject.organization
        values["organization.name"] = organization.name?.asText
        values["organization.unit"] = organization.unit?.asText
        values["organization.locality"] = organization.locality?.asText
        values["organization.state"] = organization.state?.asText
        values["organization.country"] = organization.country?.asText
        if let chain = input.chains[order.authority] {
            values["authority.roots"] = .bytes(chain.roots)
            values["authority.intermediates"] = .bytes(chain.intermediates)
            values["authority.root-thumbprints"] = .list(chain.rootThumbprints)
            values["authority.intermediate-thumbprints"] = .list(chain.intermediateThumbprints)
        }
        values["replicas"] = .list(order.hosts.compactMap { input.inventory.host($0)?.host.fqdn })
        values["trust.misplaced"] = .list(TrustRules.misplaced(input.facts[host.name]?.facts))
        values["thumbprint"] = planned.thumbprint?.asText
        let former = order.usages.compactMap { planned.former[host.name]?[$0] }.first
        values["former.thumbprint"] = former?.asText
        return values
    }
}

extension String {
    fileprivate var asText: BoundValue { .text(self) }
}
