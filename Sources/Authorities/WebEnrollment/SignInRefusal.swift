import FleetModel

/// Why the pages answered 401, worked out from everything they said on the way (fault K1, K12).
struct SignInRefusal: Sendable {
    var authentication: WebEnrollmentSettings.Authentication
    var user: String?
    var heads: [ResponseHead]

    /// The schemes that the last refusal names, in lower case.
    private var offered: [String] {
        (heads.last { $0.status == 401 }?.values("www-authenticate") ?? []).map {
            $0.prefix { !$0.isWhitespace && $0 != "," }.lowercased()
        }
    }

    /// The answers that carried the server's half of NTLM.
    private var challenges: [ResponseHead] {
        heads.filter { head in
            head.values("www-authenticate").contains { $0.lowercased().hasPrefix("ntlm ") && $0.count > 20 }
        }
    }

    private static let isClosing = { @Sendable (head: ResponseHead) in
        head.values("connection").contains { $0.lowercased() == "close" }
    }

    private var who: String { user ?? "this account" }

    var words: (text: String, hint: String?) {
        let list = offered.isEmpty ? "nothing" : offered.joined(separator: ", ")
        switch authentication {
        case .basic:
            if offered.contains("basic") {
                return (
                    "the CA's pages refuse \(who) and its password",
                    "check the account, its password and whether it is locked"
                )
            }
            return (
                "the CA's pages do not offer Basic; they offer: \(list)",
                "write auth: ntlm, or let IIS offer Basic on /certsrv (over TLS)"
            )
        case .ntlm:
            if challenges.contains(where: Self.isClosing) {
                return (
                    "the connection is not kept open between the steps of NTLM: signing in is impossible (a proxy?)",
                    "reach the pages without a proxy, or use auth: basic over TLS"
                )
            }
            if !challenges.isEmpty {
                return (
                    "the CA's pages refuse \(who) after a complete NTLM exchange: a wrong password, or extended protection, "
                        + "whose channel binding libcurl's NTLM does not have",
                    "check the password; if it is right, use auth: basic over TLS, which needs no channel binding"
                )
            }
            if offered.contains("negotiate"), !offered.contains("ntlm") {
                return (
                    "the CA's pages want Kerberos only (they offer: \(list))",
                    "write auth: negotiate and get a ticket with kinit, or let IIS offer Basic (over TLS)"
                )
            }
            if offered.contains("ntlm") {
                return (
                    "the CA's pages want a new NTLM sign-in in the middle of a connection (a proxy, or "
                        + "authPersistSingleRequest in IIS)",
                    "reach the pages without a proxy, or use auth: basic over TLS"
                )
            }
            return ("the CA's pages do not offer NTLM; they offer: \(list)", "write auth: basic, or negotiate")
        case .negotiate:
            return (
                "the CA's pages refuse this account's Kerberos ticket (they offer: \(list))",
                "klist shows the tickets; kinit gets one; or use auth: basic over TLS"
            )
        }
    }
}
