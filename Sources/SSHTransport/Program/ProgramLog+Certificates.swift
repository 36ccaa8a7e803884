/// A host's certificate (OpenSSH's), as the `ssh` program tells of it.
///
/// At the level of its log it does not tell the names that a certificate is for, only the text it is known by.
struct ProgramCertificate: Equatable {
    /// What who signed it called it, cleaned.
    let title: String
    /// `ssh-ed25519 SHA256:…`
    let authority: String
    /// `from 2026-11-21T20:00:00 to 2026-11-22T20:00:00`, `forever`, …
    let validity: String

    /// - Parameter text: `ssh-ed25519-cert-v01@openssh.com SHA256:…, serial 0 ID "fe01" CA ssh-ed25519 SHA256:… valid forever`.
    init?(_ text: String) {
        // The title may have anything in it: from the front to its beginning, from the back to its end.
        guard let start = text.range(of: " ID \""), let valid = text.lastRange(of: " valid "),
            let end = text.lastRange(of: "\" CA "), start.upperBound <= end.lowerBound,
            end.upperBound <= valid.lowerBound
        else { return nil }
        title = String(text[start.upperBound..<end.lowerBound])
        authority = String(text[end.upperBound..<valid.lowerBound])
        validity = String(text[valid.upperBound...])
    }
}

extension ProgramLog {
    /// Why a certificate of an authority that is pinned was not believed; nil when it was not that.
    ///
    /// - Parameter name: As it has to stand in a certificate, without a port.
    func certificateFailure(of name: String) -> SSHError? {
        let words = ["Certificate invalid: ", "Certificate lacks principal list", "Certificate signed with disallowed"]
        guard let line = said.first(where: { line in words.contains { line.hasPrefix($0) } }) else { return nil }
        let shown = hostCertificate.map { "\"\($0.title)\", signed by \($0.authority)" } ?? "it did not name"
        let lookup = "ssh-keygen -Lf FILE on the server, with the file that HostCertificate in its sshd_config names"
        let (reason, hint) =
            switch line.after("Certificate invalid: ") {
            case "name is not a listed principal":
                (
                    "is for other names",
                    "\(lookup), lists the names it is for: have it signed for \(name) too, or use one of those names as address"
                )
            case "expired", "not yet valid":
                (
                    hostCertificate.map { "is valid \($0.validity)" } ?? "is not valid now",
                    "have it signed anew, and compare the clocks here and of whoever signed it"
                )
            default: ("is not believed: \(line)", "\(lookup), shows what it is for")
            }
        return SSHError(
            .hostCertificateRefused, "host key", "the host certificate of \(name), \(shown), \(reason)", hint: hint)
    }

    /// What is to be said of a certificate when neither its authority nor the key in it is pinned.
    func strangeCertificate(of name: String) -> String {
        guard let hostCertificate else { return "" }
        return "; its certificate \"\(hostCertificate.title)\" is signed by \(hostCertificate.authority), "
            + "which no @cert-authority line for \(name) names"
    }
}

extension String {
    /// The last place of a text in this one.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        var start = endIndex
        while start > startIndex {
            start = index(before: start)
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
        }
        return nil
    }
}
