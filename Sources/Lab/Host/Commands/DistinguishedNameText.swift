import FleetModel

/// Reads a name as an administrator writes it: `CN=um.example.com, O=Example Corp, C=FR`.
enum DistinguishedNameText {
    /// `nil` when a part has no `=`, a kind that we do not know, or when there is no common name.
    static func subject(_ text: String) -> Subject? {
        var name: String?
        var organization = Organization()
        for part in parts(text) {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let value = trimmed(part[part.index(after: equals)...])
            switch trimmed(part[..<equals]).uppercased() {
            case "CN": name = value
            case "O": organization.name = value
            case "OU": organization.unit = value
            case "L": organization.locality = value
            case "S", "ST": organization.state = value
            case "C": organization.country = value
            default: return nil
            }
        }
        guard let name, !name.isEmpty else { return nil }
        return Subject(commonName: name, organization: organization)
    }

    /// Divided at commas, except within quotes and after a backslash.
    private static func parts(_ text: String) -> [Substring] {
        var parts: [String] = [""]
        var quoted = false
        var escaped = false
        for character in text {
            if escaped {
                parts[parts.count - 1].append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "\"" {
                quoted.toggle()
            } else if character == ",", !quoted {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts.map { $0[...] }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
