/// Finds certificates in the text of a call.
enum Thumbprints {
    /// The new certificate in a call: the preferred one when it is there, else the first text of forty hexadecimal
    /// digits, else the place where it was not known yet.
    static func first(in call: String, preferring thumbprint: String?) -> String? {
        if let thumbprint, call.contains(thumbprint) { return thumbprint }
        let words = call.split { !($0.isLetter || $0.isNumber) }
        if let word = words.first(where: { $0.count == 40 && $0.allSatisfy(\.isHexDigit) }) { return String(word) }
        return call.contains("<thumbprint>") ? "<thumbprint>" : nil
    }
}

extension String {
    func replacingThumbprint(_ old: String, with new: String) -> String {
        var result = ""
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(old) {
                result += new
                rest = rest.dropFirst(old.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    /// The first eight digits of a thumbprint: enough to tell two apart in a table.
    var shortThumbprint: String { count > 12 ? String(prefix(8)) + "…" : self }
}
