/// What a procedure may refer to without having captured it: values and facts that planning gives to every host.
enum KnownNames {
    /// What kind of value a reference stands for.
    enum Kind: Equatable {
        case text, list, bytes, flag, secret
        /// Captured from a result: text, list or bytes, known only when it is there.
        case captured

        var words: String {
            switch self {
            case .text: "a text"
            case .list: "a list"
            case .bytes: "bytes"
            case .flag: "true or false"
            case .secret: "a secret"
            case .captured: "a captured value"
            }
        }
    }

    static let values: [String: Kind] = [
        "host.name": .text, "host.fqdn": .text, "pool.name": .text, "pool.fqdn": .text, "run.id": .text,
        "order.id": .text, "order.usages": .list, "order.friendly-name": .text, "order.subject": .text,
        "order.common-name": .text, "order.names": .list, "order.domain-names": .text,
        "order.all-sip-domains": .flag,
        "key.bits": .text, "key.exportable": .flag, "key.copies-exportable": .flag,
        "organization.name": .text, "organization.unit": .text, "organization.locality": .text,
        "organization.state": .text, "organization.country": .text,
        "authority.name": .text, "authority.ca": .text, "authority.template": .text, "authority.user": .text,
        "authority.password": .secret, "authority.roots": .bytes, "authority.intermediates": .bytes,
        "authority.root-thumbprints": .list, "authority.intermediate-thumbprints": .list,
        "trust.misplaced": .list, "folder.name": .text, "thumbprint": .text, "former.thumbprint": .text,
        "services": .list, "replicas": .list, "nonce": .bytes,
        "transfer.password": .secret,
    ]

    /// Names that a capture may not take; the thumbprint comes with the certificate and may.
    static func isReserved(_ name: String) -> Bool {
        name == "item" || (name != "thumbprint" && values[name] != nil)
    }

    static let facts = [
        "needs-certificate", "needs-copy", "copies-needed", "roots-missing", "intermediates-missing", "restarts-all",
        "restarts-some", "um-mode-tcp", "router-mode-tcp", "rested",
        "repairs-trust", "trust-imported",
    ]

    /// One of the facts, or `usage-…` for an order that has the usage.
    static func isFact(_ name: String) -> Bool {
        facts.contains(name) || usage(of: name) != nil
    }

    /// `UM` for the fact `usage-UM`.
    static func usage(of fact: String) -> String? {
        fact.hasPrefix("usage-") ? String(fact.dropFirst(6)) : nil
    }
}
