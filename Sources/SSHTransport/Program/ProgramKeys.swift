/// What the `ssh` program says about keys that came to nothing on this side: the server was not asked, or has said yes.
struct ProgramKeys {
    /// Key files that are encrypted. The program asks nobody for a passphrase, but the agent may hold the key.
    let sealed: [String]
    /// Those of them that were to be opened.
    private var unopened: [String] = []
    /// Whether a key was left out because of its type.
    private var isOfOtherType = false
    /// The methods that were begun with.
    private var tried: Set<String> = []
    /// How often the server has said how to go on: the first time as an answer to nothing, then after each refusal.
    private var answers = 0

    /// - Parameter sealed: Paths, as the program has them.
    init(sealed: [String] = []) { self.sealed = sealed.map { PeerText.clean(Array($0.utf8)[...]) } }

    mutating func note(_ text: String) {
        if let method = text.after("Next authentication method: ") {
            tried.insert(method)
        } else if text.hasPrefix("Authentications that can continue: ") {
            answers += 1
        } else if let key = text.after("Server accepts key: ") ?? text.after("Trying private key: ") {
            // With the public half of a key the server is asked before the private half is opened.
            unopened += sealed.filter { key == $0 || key.hasPrefix($0 + " ") }
        } else if text.contains("no mutual signature ")
            || text.hasPrefix("Skipping ") && text.hasSuffix(" not in PubkeyAcceptedAlgorithms")
        {
            isOfOtherType = true
        }
    }

    /// Why nothing was shown to the server that it could have refused; nil when something was, or nobody knows.
    ///
    /// - Parameter others: What else the program said, `; ` before each.
    func failure(for user: String, offered: String, others: String) -> SSHError? {
        guard answers == 1 else { return nil }
        func error(_ code: SSHError.Code, _ reason: String, _ hint: String) -> SSHError {
            SSHError(
                code, "sign-in", "cannot sign in as \(user): \(reason); the server takes \(offered)\(others)",
                hint: hint)
        }
        if tried.isEmpty {
            return error(.noMethod, "none of the ways that were given", "see auth and key of the inventory's ssh")
        }
        guard tried == ["publickey"] else { return nil }
        switch (unopened.first, isOfOtherType) {
        case (let path?, false):
            return error(
                .passphraseWrong, "key \(path): it is encrypted, and no passphrase was given",
                "hand it to the agent: ssh-add \(path)")
        case (nil, true):
            return error(
                .keyTypeRefused, "keys of this type are not taken",
                "make a key: ssh-keygen -t ed25519, and add its public half on the server")
        default:
            return error(.keyUnusable, "no key could be used", "see what the agent holds: ssh-add -l")
        }
    }
}
