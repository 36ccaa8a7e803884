/// What names and addresses must look like.
enum NameRules {
    /// Why a text is no fully qualified domain name; `nil` when it is one.
    ///
    /// The vendor allows letters, digits and hyphens only: no underscore, no Unicode in any form, no short name. Lengths are those of
    /// RFC 1035, section 2.3.4.
    ///
    /// - Parameter wildcard: Whether `*.` may stand in front.
    static func objection(toFQDN name: String, wildcard: Bool = false) -> String? {
        if name.utf8.count > 253 { return "it is longer than 253 characters" }
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.first == "*" {
            guard wildcard else { return "a wildcard is not allowed here" }
            labels.removeFirst()
        }
        for label in labels {
            if let objection = objection(toLabel: label) { return objection }
        }
        if labels.count < 2 { return "it is a short name, without a domain" }
        if labels.last?.utf8.allSatisfy(isDigit) == true { return "it is an address, not a name" }
        return nil
    }

    private static func objection(toLabel label: Substring) -> String? {
        if label.isEmpty { return "there is nothing between two dots, or at an end" }
        if label.utf8.count > 63 { return "a part of it is longer than 63 characters" }
        if label.contains("*") { return "`*` can only be the whole first part" }
        if label.contains("_") { return "it has an underscore: only letters, digits and hyphens are allowed" }
        if label.lowercased().hasPrefix("xn--") { return "internationalised names are not supported by the products" }
        guard label.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D }) else {
            return "only letters, digits and hyphens are allowed"
        }
        if label.hasPrefix("-") || label.hasSuffix("-") { return "a part of it begins or ends with a hyphen" }
        return nil
    }

    /// Why a text can be neither an IP address nor the name of a host, short or long; `nil` when it can.
    static func objection(toAddress text: String) -> String? {
        if text.contains(":") { return isIPv6(text) ? nil : "it is no IP address" }
        if text.utf8.allSatisfy({ isDigit($0) || $0 == 0x2E }) { return isIPv4(text) ? nil : "it is no IP address" }
        return text.contains(".") ? objection(toFQDN: text) : objection(toLabel: text[...])
    }

    /// Four decimal numbers up to 255.
    static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(isDigit) && UInt8(part) != nil
                    && (part.count == 1 || !part.hasPrefix("0"))
            }
    }

    /// Eight groups of hexadecimal digits, one run of them left out as `::`, the last two perhaps as IPv4 (RFC 4291,
    /// section 2.2); without a zone.
    static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var count = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, group) in groups.enumerated() {
                let isLast = index == halves.count - 1 && position == groups.count - 1
                if isLast, group.contains(".") {
                    guard isIPv4(group) else { return false }
                    count += 2
                } else {
                    guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(isHexadecimal) else { return false }
                    count += 1
                }
            }
        }
        return halves.count == 2 ? count < 8 : count == 8
    }

    /// Names of hosts, pools, orders and the like also become parts of file names and of `POOL/ORDER`.
    static func isIdentifier(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count) && name.utf8.first.map(isAlphanumeric) == true
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }

    /// The host of `https://host/path`.
    static func host(ofURL url: String) -> String? {
        for scheme in ["https://", "http://"] where url.lowercased().hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 1 || (parts.count == 2 && UInt16(parts[1]) != nil) else { return nil }
            return String(parts[0])
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || 0x41...0x46 ~= byte || 0x61...0x66 ~= byte
    }
}
