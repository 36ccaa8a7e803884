/// What has been tried so far, for the sentence at the end.
struct SignInNotes {
    private(set) var notes: [String] = []
    private(set) var wasRefused = false
    private(set) var hasExpired = false
    private(set) var hint: String?
    private var withheld: SSHSecretWithheld?
    /// Why ways were not tried, apart from the server's not taking them.
    private var causes: Set<SSHError.Code> = []
    /// False when the ways were refused because the server takes nothing of their kind.
    var isMethodTaken = true
    /// What the server said about it, quoted, and its banner.
    var reason: String?
    var banner: String?
    /// Passwords the server has refused: a second try could lock the account.
    private var refused: [SecretBytes] = []

    mutating func refused(_ what: String, hint: String? = nil) {
        notes.append("\(what) refused")
        wasRefused = true
        self.hint = hint ?? self.hint
    }

    mutating func refused(_ what: String, password: SecretBytes) {
        refused(what)
        refused.append(password)
    }

    mutating func expired(_ what: String) {
        notes.append("\(what) has expired")
        hasExpired = true
    }

    /// - Parameter cause: What it is called when there is no other.
    mutating func skipped(
        _ what: String, _ reason: String, _ cause: SSHError.Code = .keyUnusable, hint: String? = nil
    ) {
        notes.append("\(what): \(reason)")
        if cause != .noMethod { causes.insert(cause) }
        self.hint = hint ?? self.hint
    }

    mutating func withheld(_ error: SSHSecretWithheld) { withheld = error }

    /// The server has hung up with a word, which counts as a refusal of all that was shown to it.
    mutating func ended() { wasRefused = true }

    /// The password on its way may have been counted as wrong.
    mutating func ended(after password: SecretBytes) { refused.append(password) }

    func hasRefused(_ password: SecretBytes) -> Bool { refused.contains { $0.isEqual(to: password) } }

    var passwordWasRefused: Bool { !refused.isEmpty || hasExpired }

    func error(user: String, offered: [String]) -> SSHError {
        var error = sentence(user: user, offered: offered)
        if let banner { error.message += "; its banner: \(banner)" }
        error.passwordWasRefused = passwordWasRefused
        return error
    }

    private func sentence(user: String, offered: [String]) -> SSHError {
        let tried = notes.isEmpty ? "nothing was there to try" : notes.joined(separator: "; ")
        // A server that has hung up meanwhile has not said it.
        let wanted = offered.isEmpty ? nil : PeerText.list(offered, limit: 200)
        if hasExpired {
            return SSHError(
                .passwordExpired, "sign-in", "the password of \(user) has expired",
                hint: "change it on the server, or in the domain")
        }
        if let withheld {
            let others = notes.isEmpty ? "" : "; " + tried + (wanted.map { "; the server takes \($0)" } ?? "")
            return SSHError(.passwordWithheld, "sign-in", withheld.reason + others, hint: withheld.hint)
        }
        if !wasRefused || !isMethodTaken {
            let cause = causes.count > 1 ? .keyUnusable : causes.first ?? SSHError.Code.noMethod
            return SSHError(
                isMethodTaken ? cause : .noMethod, "sign-in",
                "cannot sign in as \(user): \(tried)" + (wanted.map { "; the server takes \($0)" } ?? ""),
                hint: (isMethodTaken ? hint : nil) ?? "see auth, key and password of the inventory's ssh")
        }
        return SSHError(
            .authenticationFailed, "sign-in",
            "the server refused \(user)\(reason.map { ": \($0)" } ?? ", it does not say why"): \(tried)"
                + (wanted.map { "; it takes \($0)" } ?? ""),
            hint: hint ?? "check the account: name, key or password, locked, expired, allowed to sign in over SSH")
    }
}
