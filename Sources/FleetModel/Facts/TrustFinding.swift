/// What the agent's `Get-TrustProblem` says of one certificate, or of a store as a whole.
package struct TrustProblem: Sendable, Equatable, Codable {
    /// `NotSelfSignedInRoot`, `RootWithSameName`, `TooManyRoots`, `NoPrivateKey`, `KeyNotLegacyProvider`, …
    package var kind: String
    package var thumbprint: String
    package var subject: String

    package init(kind: String, thumbprint: String, subject: String) {
        self.kind = kind
        self.thumbprint = thumbprint
        self.subject = subject
    }
}

/// Something about a server's trust that breaks, or will break, what uses its certificates.
package struct TrustFinding: Sendable, Equatable, Codable {
    package var host: String
    /// `trust.not-self-signed-in-root`, …
    package var code: String
    package var text: String
    /// What mends it: done by this run, offered, or left to hands.
    package var repair: String

    package init(host: String, code: String, text: String, repair: String) {
        self.host = host
        self.code = code
        self.text = text
        self.repair = repair
    }

    /// `trust.too-many-roots: 143 roots …; repair: …`.
    package var sentence: String { "\(code): \(text); repair: \(repair)" }
}
