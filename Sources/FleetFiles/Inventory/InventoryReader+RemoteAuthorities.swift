import FleetModel

/// Authorities that are asked by a program or over the network.
extension InventoryReader {
    /// Five minutes, as a person who watches would give it, when nothing is said.
    private static let commandLimit = Duration.seconds(300)

    func command(_ entry: YAMLEntry, _ name: String) -> AuthorityDefinition? {
        let keys = InventoryKeys.commandAuthority
        guard let mapping = reader.mapping(entry.value, name, keys: keys, place: entry.place) else { return nil }
        let argv = mapping.required("argv").flatMap(program)
        let limit = mapping.duration("limit", in: .seconds(1)...(.seconds(3600))) ?? Self.commandLimit
        let chain = self.chain(mapping)
        guard let argv else { return nil }
        return AuthorityDefinition(
            name: entry.name, kind: .command(argv: argv, limit: limit), chain: chain, place: entry.place)
    }

    /// A program with a slash is a path of the project; a bare name is looked up in `PATH`.
    private func program(_ node: YAMLNode) -> [String]? {
        guard let argv = reader.texts(node, "argv") else { return nil }
        guard let first = argv.first else { return reader.refuse(node, "`argv` is empty", hint: "the program first") }
        guard first.value.contains("/") else { return argv.map(\.value) }
        return path(node.items?.first, "argv").map { [$0] + argv.dropFirst().map(\.value) }
    }

    func webEnrollment(_ entry: YAMLEntry, _ name: String) -> AuthorityDefinition? {
        let keys = InventoryKeys.certsrvAuthority
        guard let mapping = reader.mapping(entry.value, name, keys: keys, place: entry.place) else { return nil }
        let url = mapping.required("url").flatMap(pagesURL)
        let template = mapping["template"].flatMap(templateName)
        let authentication = mapping.required("auth").flatMap {
            reader.word($0, "auth", of: WebEnrollmentSettings.Authentication.allCases.map(\.rawValue))
        }.flatMap(WebEnrollmentSettings.Authentication.init(rawValue:))
        let user = mapping.text("user")
        let password = secretName(mapping, "password")
        let trustFile = path(mapping["ca_file"], "ca_file")
        let chain = self.chain(mapping)
        guard let url, let authentication else { return nil }
        for key in ["user", "password"] {
            if authentication == .negotiate, let node = mapping[key] {
                reader.report(
                    node.place, "`\(key)` has no use with `auth: negotiate`",
                    hint: "Kerberos takes the ticket of the account that runs certfleet: kinit")
            } else if authentication != .negotiate, mapping.lacks(key) {
                reader.report(entry.place, "`\(key)` is missing in `\(name)`: `auth` is `\(authentication.rawValue)`")
            }
        }
        let settings = WebEnrollmentSettings(
            url: url, template: template, authentication: authentication, user: user, password: password,
            trustFile: trustFile)
        return AuthorityDefinition(
            name: entry.name, kind: .webEnrollment(settings), chain: chain, place: entry.place)
    }

    func hostOnline(_ entry: YAMLEntry, _ name: String) -> AuthorityDefinition? {
        let keys = InventoryKeys.hostOnlineAuthority
        guard let mapping = reader.mapping(entry.value, name, keys: keys, place: entry.place) else { return nil }
        let authority = mapping.required("ca").flatMap(configuration)
        let template = mapping["template"].flatMap(templateName)
        let user = mapping.text("user")
        let password = secretName(mapping, "password")
        let chain = self.chain(mapping)
        for (key, other) in [("user", "password"), ("password", "user")] where mapping.lacks(key) {
            guard let node = mapping[other] else { continue }
            reader.report(node.place, "`\(other)` needs `\(key)` beside it")
        }
        guard let authority else { return nil }
        var settings = HostOnlineSettings(authority: authority, user: user, password: password)
        if let template { settings.template = template }
        return AuthorityDefinition(name: entry.name, kind: .hostOnline(settings), chain: chain, place: entry.place)
    }

    /// `SERVER\NAME`: two parts, none empty.
    private func configuration(_ node: YAMLNode) -> String? {
        guard let text = reader.text(node, "ca") else { return nil }
        let parts = text.split(separator: "\\", omittingEmptySubsequences: false)
        let isLine = text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isLine else {
            return reader.refuse(
                node, "`ca` must be the authority's server and name, not \(Quoting.quote(text))",
                hint: #"such as ca01.corp.example.com\Example Issuing CA 1; certutil -ADCA lists them"#)
        }
        return text
    }

    /// The pages' address without a slash at its end; `/certsrv` is where the role puts them.
    private func pagesURL(_ node: YAMLNode) -> String? {
        guard let text = reader.text(node, "url") else { return nil }
        let scheme = "https://"
        guard text.lowercased().hasPrefix(scheme) else {
            return reader.refuse(
                node, "`url` must begin with https://", hint: "passwords and requests never travel in the clear")
        }
        let isPlain = text.utf8.allSatisfy { 0x21...0x7E ~= $0 && !"\"<>\\^`{|}?#@".utf8.contains($0) }
        var parts = text.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)[...]
        while parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        guard isPlain, let host = parts.first, !host.isEmpty else {
            return reader.refuse(
                node, "`url` must be an address such as https://ca.example.com/certsrv, not \(Quoting.quote(text))")
        }
        return scheme + (parts.count == 1 ? "\(host)/certsrv" : parts.joined(separator: "/"))
    }

    /// The request's attributes are lines of `name:value`; a line's end in a value would begin another one.
    private func templateName(_ node: YAMLNode) -> String? {
        guard let text = reader.text(node, "template") else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != ":" }) else {
            return reader.refuse(node, "`template` must be one line without a colon")
        }
        return text
    }
}
