/// Brings a secret when it is needed, never earlier. The bytes are wiped after use, as far as they are ours.
package typealias SSHSecretSource = @Sendable () async throws -> [UInt8]

/// Thrown by a secret source that will not give its secret: this way is left out, and the next one tried.
package struct SSHSecretWithheld: Error {
    /// One sentence, lower case.
    package let reason: String
    /// What to do about it, when that is known.
    package let hint: String?

    /// Says why, in the words of the message.
    package init(reason: String, hint: String?) {
        self.reason = reason
        self.hint = hint
    }
}

/// Signs the given bytes and returns the signature as SSH has it inside its outer string: 64 bytes for Ed25519,
/// the two numbers r and s as SSH `mpint`s for ECDSA. Runs on the session's worker unless it hops away itself.
package typealias SSHSigner = @Sendable ([UInt8]) async throws -> [UInt8]

/// One way to sign in. A list of them is tried in order, each at most once.
package enum SSHAuthentication: Sendable {
    /// A private key file of OpenSSH or PEM form, Ed25519 or ECDSA (RSA from libssh2 1.11 on).
    case key(path: String, passphrase: SSHSecretSource? = nil)
    /// A key that the caller holds: its public half in SSH's binary form, and a closure that signs at once, as ``SSHSigner``
    /// does.
    ///
    /// With many hosts this is far cheaper than ``key(path:passphrase:)``, which parses the file for each session.
    case held(publicKey: [UInt8], sign: @Sendable ([UInt8]) throws -> [UInt8])
    /// The same with a closure that may take its time, because it asks somebody.
    case signer(publicKey: [UInt8], sign: SSHSigner)
    /// The keys of an ssh-agent behind a Unix socket: the one with this fingerprint (`SHA256:…`), or all it has.
    case agent(socket: String, fingerprint: String? = nil)
    /// A password.
    case password(SSHSecretSource)
    /// The same, asked as a question: exactly one question that hides its answer is answered, and only once.
    case keyboardInteractive(SSHSecretSource)

    /// The method's name in the protocol.
    var method: String {
        switch self {
        case .key, .held, .signer, .agent: "publickey"
        case .password: "password"
        case .keyboardInteractive: "keyboard-interactive"
        }
    }
}
