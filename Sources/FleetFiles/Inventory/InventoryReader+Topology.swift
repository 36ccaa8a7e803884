import FleetModel

extension InventoryReader {
    func organization(_ top: YAMLMapping) -> Organization {
        guard let mapping = top.mapping("organization", keys: InventoryKeys.organization) else {
            return Organization()
        }
        return Organization(
            name: subjectField(mapping, "name", limit: 64), unit: subjectField(mapping, "unit", limit: 64),
            locality: subjectField(mapping, "locality", limit: 128),
            state: subjectField(mapping, "state", limit: 128), country: country(mapping))
    }

    /// Lengths are the upper bounds of RFC 5280, appendix A.1.
    private func subjectField(_ mapping: YAMLMapping, _ key: String, limit: Int) -> String? {
        guard let node = mapping[key], let text = reader.text(node, key) else { return nil }
        guard text.unicodeScalars.count <= limit else {
            return reader.refuse(node, "`\(key)` is longer than \(limit) characters")
        }
        return text
    }

    private func country(_ mapping: YAMLMapping) -> String? {
        guard let node = mapping["country"], let text = reader.text(node, "country") else { return nil }
        guard text.utf8.count == 2, text.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) else {
            return reader.refuse(node, "`country` must be two capital letters, not \(Quoting.quote(text))")
        }
        return text
    }

    func topology(_ top: YAMLMapping) -> Topology {
        guard let mapping = top.mapping("topology", keys: InventoryKeys.topology) else { return Topology() }
        let urls = mapping.mapping("simple_urls", keys: InventoryKeys.simpleURLs)
        let xmpp = (mapping.texts("xmpp_domains") ?? []).compactMap { fqdn($0, "xmpp_domains") }
        let publicIM = (mapping.list("public_im") ?? []).compactMap {
            reader.word($0, "public_im", of: InventoryKeys.publicIM)
        }
        return Topology(
            meet: (urls?.textOrTexts("meet") ?? []).compactMap { host(ofURL: $0, "meet") },
            dialin: simpleURL(urls, "dialin"), admin: simpleURL(urls, "admin"),
            autodiscover: mapping.flag("autodiscover") ?? false,
            strictDNSAutoLogon: mapping.flag("strict_dns_auto_logon") ?? false,
            xmppDomains: distinct(xmpp, "XMPP domain").map(\.value), publicIM: publicIM,
            officeWebApps: fqdn(mapping, "office_web_apps"))
    }

    private func simpleURL(_ urls: YAMLMapping?, _ key: String) -> String? {
        guard let node = urls?[key], let text = reader.text(node, key) else { return nil }
        return host(ofURL: Placed(text, at: node.place), key)
    }

    /// Only the host of a simple URL matters for certificates.
    private func host(ofURL url: Placed<String>, _ key: String) -> String? {
        guard let host = NameRules.host(ofURL: url.value) else {
            reader.report(
                url.place, "`\(key)` must be a URL, not \(Quoting.quote(url.value))",
                hint: "write it as https://\(key).example.com")
            return nil
        }
        return fqdn(Placed(host, at: url.place), key)?.value
    }
}
