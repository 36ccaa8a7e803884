import ChildProcess
import FoundationEssentials
import Glibc

/// The lab's SSH keys, made by OpenSSH itself.
enum SSHKeys {
    /// Makes an ed25519 key without a passphrase, mode 0600, and `<path>.pub`; one that is there stays.
    ///
    /// - Returns: `ssh-ed25519 AAAA…`, without the comment.
    static func make(_ path: String, comment: String) async throws -> String {
        if try StateFile.read(path + ".pub") == nil {
            let made = try await ChildCommand(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path],
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"]
            ).run(limit: .seconds(20))
            guard made.ending.isSuccess else {
                throw LabError(.system, "ssh-keygen could not make \(path): \(made.errors.text)")
            }
        }
        let text = String(decoding: try StateFile.read(path + ".pub") ?? Data(), as: UTF8.self)
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count >= 2, parts[0] == "ssh-ed25519" else {
            throw LabError(.folder, "\(path).pub is not a public key")
        }
        return "\(parts[0]) \(parts[1])"
    }

    /// The account that runs the lab; the simulated hosts know no other.
    static func user() throws -> String {
        guard let entry = getpwuid(geteuid()) else {
            throw LabError(.system, "the account \(geteuid()) that runs the lab has no name", number: errno)
        }
        return String(cString: entry.pointee.pw_name)
    }
}
