package import FleetModel

/// Writes an inventory as YAML that ``InventoryFile`` reads back to the same words.
///
/// Nothing is left to defaults: every pool and host carries its own settings, so that a value changed before
/// writing is the value that is read. Comments of the file that it came from are gone.
package enum InventoryText {
    /// - Parameters:
    ///   - folder: The project folder of the new file, absolute; paths within it are written relative.
    ///   - heading: Lines of a comment on top.
    package static func render(_ inventory: Inventory, relativeTo folder: String, heading: [String] = []) -> String {
        var lines = YAMLLines(folder: folder)
        for line in heading { lines.add("# " + line.filter { !$0.isNewline }) }
        lines.add("version: 1")
        lines.organization(inventory.organization)
        lines.add("sip_domains: \(lines.list(inventory.sipDomains))")
        lines.topology(inventory.topology)
        lines.secrets(inventory.secrets)
        lines.authorities(inventory.authorities)
        lines.bastions(inventory.bastions)
        lines.pace(inventory.pools.flatMap(\.hosts))
        lines.sites(inventory.pools)
        lines.groups(inventory.groups)
        return lines.text
    }
}

/// The lines of the file that grows.
struct YAMLLines {
    let folder: String
    private var lines: [String] = []

    init(folder: String) { self.folder = folder }

    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func add(_ line: String, depth: Int = 0) {
        lines.append(String(repeating: "  ", count: depth) + line)
    }

    /// `key: value`, or nothing without a value.
    mutating func add(_ key: String, _ value: String?, depth: Int) {
        if let value { add("\(key): \(value)", depth: depth) }
    }

    /// A scalar that no reader of YAML takes for anything but this text.
    func scalar(_ text: String) -> String {
        let guessed = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        let isPlain =
            text.utf8.first.map { 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 } == true
            && text.utf8.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || "._/-".utf8.contains($0)
            }
        if isPlain && !guessed.contains(text.lowercased()) { return text }
        let escaped = text.unicodeScalars.map { scalar -> String in
            if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
            guard scalar.isControl else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"\(escaped.joined())\""
    }

    func list(_ texts: [String]) -> String { "[\(texts.map(scalar).joined(separator: ", "))]" }

    /// A mapping on one line; members without a value are left out.
    func flow(_ members: [(String, String?)]) -> String {
        let present = members.compactMap { key, value in value.map { "\(key): \($0)" } }
        return present.isEmpty ? "{}" : "{ \(present.joined(separator: ", ")) }"
    }

    func path(_ path: String) -> String { scalar(ProjectPaths.relative(path, to: folder)) }
}
