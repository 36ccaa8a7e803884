import FleetModel

extension InventoryReader {
    static let literalSecret = "a secret itself never stands in the inventory"
    private static let wayOut = "write where it comes from: { from: prompt, text: … }, or env, file, command"

    func secrets(_ top: YAMLMapping) -> [String: SecretReference] {
        var secrets: [String: SecretReference] = [:]
        for entry in top.entries("secrets") ?? [] {
            let name = identifier(entry, "secret")
            if let reference = secret(entry.value, name) { secrets[entry.name] = reference }
        }
        return secrets
    }

    /// Messages never show a value of this node: it might be the secret.
    private func secret(_ node: YAMLNode, _ name: String) -> SecretReference? {
        if node.isRefused { return nil }
        guard node.entries != nil else {
            return reader.refuse(node, "`\(name)`: \(Self.literalSecret)", hint: Self.wayOut)
        }
        let words = InventoryKeys.secrets.map(\.from)
        guard let fromNode = node["from"] else {
            return reader.refuse(node, "`from` is missing in `\(name)`", hint: Self.wayOut)
        }
        guard let from = reader.text(fromNode, "from") else { return nil }
        guard let keys = InventoryKeys.secrets.first(where: { $0.from == from })?.keys else {
            return reader.refuse(
                fromNode, "`from` in `\(name)` is none of \(words.joined(separator: ", "))",
                hint: Suggestion.closest(to: from, among: words).map { "did you mean `\($0)`?" })
        }
        let values = (node.entries ?? []).filter { ["value", "secret", "password", "passphrase"].contains($0.name) }
        for value in values { reader.report(value.place, "`\(value.name)`: \(Self.literalSecret)", hint: Self.wayOut) }
        let mapping = reader.mapping(node, name, keys: keys + values.map(\.name))
        switch from {
        case "env": return mapping?.requiredText("name").flatMap { environment($0, at: node["name"]) }
        case "file": return path(mapping?.required("path"), "path").map { .file($0) }
        case "command": return mapping?.required("argv").flatMap(command)
        default: return mapping?.requiredText("text").map { .prompt($0) }
        }
    }

    private func environment(_ name: String, at node: YAMLNode?) -> SecretReference? {
        guard !name.contains("=") else {
            return node.flatMap { reader.refuse($0, "`name` must be the name of an environment variable") }
        }
        return .environment(name)
    }

    private func command(_ node: YAMLNode) -> SecretReference? {
        guard let argv = reader.texts(node, "argv") else { return nil }
        guard !argv.isEmpty else { return reader.refuse(node, "`argv` is empty", hint: "the program first") }
        return .command(argv.map(\.value))
    }

    /// The name of a declared secret under a key that takes one. What stands there is never shown.
    func secretName(_ mapping: YAMLMapping, _ key: String) -> String? {
        guard let node = mapping[key], !node.isRefused else { return nil }
        if let text = node.text, secretNames.contains(text) { return text }
        let near = node.text.flatMap { Suggestion.closest(to: $0, among: secretNames) }
        return reader.refuse(
            node, "`\(key)` must be the name of one of `secrets`: \(Self.literalSecret)",
            hint: near.map { "did you mean \(Quoting.quote($0))?" } ?? "declare it under `secrets` and write its name")
    }
}
