import FleetModel

extension InventoryReader {
    /// The servers that lead to others, with what is needed to check them.
    func bastions(_ top: YAMLMapping, deadlines: Deadlines) -> [BastionDraft] {
        (top.entries("bastions") ?? []).compactMap { bastion($0, deadlines: deadlines) }
    }

    private func bastion(_ entry: YAMLEntry, deadlines: Deadlines) -> BastionDraft? {
        let name = identifier(entry, "bastion")
        if entry.name == InventoryKeys.noBastion {
            reader.report(entry.place, "`none` cannot be the name of a bastion: it stands for no bastion")
        }
        guard let mapping = reader.mapping(entry.value, name, keys: InventoryKeys.bastion, place: entry.place) else {
            return nil
        }
        let address = mapping.required("address").flatMap { _ in self.address(mapping, "address") }
        _ = mapping.required("user")
        var layer = signIn(mapping)
        layer.bastion = bastionName(mapping, orNone: false)
        layer.given = Set(InventoryKeys.bastion.filter { !mapping.lacks($0) })
        // Nothing is taken from `defaults`: the account and password of the servers are not for another machine.
        let host = Host(
            name: entry.name, fqdn: address ?? "", address: address ?? "",
            ssh: layer.settings(knownHosts: "\(paths.folder)/known_hosts"), deadlines: deadlines, place: entry.place)
        return BastionDraft(host: host, ssh: layer, mapping: mapping)
    }

    /// The name of a declared bastion.
    ///
    /// - Parameter orNone: Whether the word for none may stand there.
    func bastionName(_ mapping: YAMLMapping, orNone: Bool) -> String? {
        guard let node = mapping["bastion"], let text = reader.text(node, "bastion") else { return nil }
        if bastionNames.contains(text) || orNone && text == InventoryKeys.noBastion { return text }
        return reader.refuse(
            node, "unknown bastion \(Quoting.quote(text))",
            hint: Suggestion.hint(for: text, among: bastionNames) ?? "declare it under `bastions`")
    }
}

/// A bastion that was read.
struct BastionDraft {
    var host: Host
    var ssh: SSHLayer
    var mapping: YAMLMapping
}

/// Rules about bastions among each other.
struct BastionRules {
    let reader: YAMLReader
    let bastions: [BastionDraft]

    /// How many a connection may pass.
    private static let longest = 2

    func check() {
        for bastion in bastions {
            credentials(bastion)
            chain(from: bastion)
        }
    }

    private func credentials(_ bastion: BastionDraft) {
        for (method, key) in SignInRules.needs
        where bastion.host.ssh.methods.contains(method) && !bastion.ssh.given.contains(key) {
            reader.report(
                bastion.mapping.place,
                "`\(key)` is missing in `\(bastion.host.name)`: `auth` has `\(method.rawValue)`",
                hint: bastion.ssh.given.contains("auth")
                    ? nil : "a bastion takes nothing from `defaults`; without `auth` it is [key]")
        }
    }

    /// Each bastion tells its own way only, so that a mistake is told where it can be undone.
    private func chain(from first: BastionDraft) {
        guard let place = first.mapping["bastion"]?.place else { return }
        var names = [first.host.name]
        while let next = bastions.first(where: { $0.host.name == names.last })?.host.ssh.bastion {
            if names.contains(next) {
                guard next == first.host.name else { return }
                return reader.report(
                    place, "`\(next)` stands behind itself: \((names + [next]).joined(separator: " → "))",
                    hint: "one of them must be reached directly")
            }
            names.append(next)
        }
        guard names.count > Self.longest else { return }
        reader.report(
            place, "more than two bastions on the way: \(names.joined(separator: " → "))",
            hint: "a host may stand behind a bastion, and that behind one more")
    }
}
