import FleetModel

/// What of a server's stores endangers its certificates, and what mends it.
///
/// Sources: the vendor's articles on non-self-signed certificates among the trusted roots (mutual TLS fails from Windows
/// Server 2012 on) and on too many of them (Schannel 36885); field reports on keys of the newer providers.
struct TrustRules {
    /// The word by which the operator agrees to taking certificates out of the trusted roots.
    static let acceptance = "trust-repair"

    let input: PlanningInput
    let pool: Pool

    func findings(_ orders: [PlannedOrder]) -> [TrustFinding] {
        pool.hosts.flatMap { host -> [TrustFinding] in
            guard let facts = input.facts[host.name]?.facts else { return [] }
            let own = orders.filter { $0.order.hosts.contains(host.name) }
            return facts.trust.compactMap { finding($0, facts) } + missing(facts, own)
        }
    }

    /// Certificates that stand in Root and do not belong there.
    static func misplaced(_ facts: HostFacts?) -> [String] {
        (facts?.trust ?? []).filter { $0.kind == "NotSelfSignedInRoot" }.map(\.thumbprint).unique
    }

    private func finding(_ problem: TrustProblem, _ facts: HostFacts) -> TrustFinding? {
        func say(_ code: String, _ text: String, _ repair: String) -> TrustFinding {
            TrustFinding(host: facts.host, code: "trust.\(code)", text: text, repair: repair)
        }
        let name = "\(problem.subject) (\(problem.thumbprint))"
        switch problem.kind {
        case "NotSelfSignedInRoot":
            return say(
                "not-self-signed-in-root",
                "\(name) stands among the trusted roots and is not self-signed: mutual TLS fails on Windows Server 2012 and later",
                input.accepted.contains(Self.acceptance)
                    ? "this run moves it to the intermediates, before anything else"
                    : "moved to the intermediates with --accept \(Self.acceptance)")
        case "RootWithSameName":
            return say(
                "duplicate-root", "\(name) is one of several trusted roots of this name",
                "by hand: remove the one that nothing uses")
        case "TooManyRoots":
            return say(
                "too-many-roots",
                "\(problem.subject): with more than a hundred Schannel cuts the list of issuers that it sends (event 36885)",
                "by hand: remove the roots that nothing uses")
        case "NoPrivateKey", "KeyNotLegacyProvider":
            let usages = facts.assigned.filter { $0.value == problem.thumbprint.uppercased() }.keys.sorted()
            guard !usages.isEmpty else { return nil }
            let what = "the certificate of \(usages.joined(separator: ", ")), \(name),"
            return problem.kind == "NoPrivateKey"
                ? say("no-private-key", "\(what) has no private key here", "a new certificate; it counts as due")
                : say(
                    "key-provider",
                    "the key of \(what) cannot be read: a provider of the newer kind (CNG), or no right",
                    "a new certificate with a key of the legacy provider; it counts as due")
        default: return nil
        }
    }

    private func missing(_ facts: HostFacts, _ orders: [PlannedOrder]) -> [TrustFinding] {
        orders.map(\.order.authority).unique.flatMap { authority -> [TrustFinding] in
            guard let chain = input.chains[authority] else { return [] }
            let due = orders.contains { $0.order.authority == authority && $0.need.isWork }
            let repair = due ? "this run adds them" : "added with the next certificate"
            return [
                ("root-missing", "roots", chain.rootThumbprints, facts.roots),
                ("intermediate-missing", "intermediates", chain.intermediateThumbprints, facts.intermediates),
            ].compactMap { code, what, wanted, there in
                let lacking = wanted.filter { !there.contains($0) }
                guard !lacking.isEmpty else { return nil }
                return TrustFinding(
                    host: facts.host, code: "trust.\(code)",
                    text: "\(what) of \(authority) are missing: \(lacking.joined(separator: ", "))", repair: repair)
            }
        }
    }
}
