import Foundation
import TestSupport

/// What `openssl s_client` sees on a port, and what `openssl x509` reads in it: no code of ours in between.
struct ServedCertificate: Sendable {
    let host: String
    let usage: String
    let port: Int
    /// SHA-1 in capitals without colons, as Windows names a certificate.
    let thumbprint: String
    let names: Set<String>
    let subject: String
    /// `Verify return code: 0 (ok)` against the lab's root alone.
    let isVerified: Bool
    /// Whether OpenSSL found the host's expected name in it.
    let matchesName: Bool

    /// Looks at one port of the lab.
    ///
    /// - Parameters:
    ///   - root: The lab's root certificate, PEM.
    ///   - name: A name that a client of this port would ask for.
    static func look(
        _ port: LabShown.Port, of host: LabShown.Host, root: String, name: String, in lab: LabProject
    ) async throws -> ServedCertificate {
        let seen = try await lab.tool(
            "openssl", "s_client", "-connect", "\(host.address):\(port.port)", "-CAfile", root, "-no-CApath",
            "-no-CAstore", "-verify", "5", "-verify_hostname", name, input: Data("Q\n".utf8))
        let read = try await CertificateFile.read(Data(seen.output.utf8), form: "PEM", in: lab)
        return ServedCertificate(
            host: host.name, usage: port.usage, port: port.for, thumbprint: read.thumbprint, names: read.names,
            subject: read.subject, isVerified: seen.output.contains("Verify return code: 0 (ok)"),
            matchesName: seen.output.contains("Verified peername: "))
    }
}

/// What `openssl x509` says of a certificate.
struct CertificateFile: Sendable {
    let thumbprint: String
    let names: Set<String>
    let subject: String
    /// Its whole life.
    let days: Int
    /// The public key, PEM.
    let publicKey: String

    static func read(_ certificate: Data, form: String = "DER", in lab: LabProject) async throws -> CertificateFile {
        let text = try await lab.tool(
            "openssl", "x509", "-inform", form, "-noout", "-fingerprint", "-sha1", "-subject", "-startdate", "-enddate",
            "-ext", "subjectAltName", "-pubkey", input: certificate
        ).output
        func value(_ key: String) -> String {
            let line = text.split(separator: "\n").first { $0.lowercased().hasPrefix(key.lowercased() + "=") }
            return line.map { String($0.drop { $0 != "=" }.dropFirst()) } ?? ""
        }
        let names = text.matches(of: #/DNS:([^,\s]+)/#).map { String($0.output.1) }
        let dates = DateFormatter()
        dates.locale = Locale(identifier: "en_US_POSIX")
        dates.timeZone = TimeZone(identifier: "UTC")
        dates.dateFormat = "MMM d HH:mm:ss yyyy 'GMT'"
        func date(_ key: String) -> Date? {
            dates.date(from: value(key).replacing(#/ +/#, with: " "))
        }
        let life = zip([date("notAfter")], [date("notBefore")]).compactMap { end, start -> TimeInterval? in
            guard let end, let start else { return nil }
            return end.timeIntervalSince(start)
        }.first
        let key = text.firstMatch(of: #/-----BEGIN PUBLIC KEY-----[\s\S]*-----END PUBLIC KEY-----/#)
        return CertificateFile(
            thumbprint: value("sha1 fingerprint").replacing(":", with: ""), names: Set(names),
            subject: value("subject"), days: life.map { Int($0 / 86_400) } ?? -1,
            publicKey: key.map { String($0.output) } ?? "")
    }
}
