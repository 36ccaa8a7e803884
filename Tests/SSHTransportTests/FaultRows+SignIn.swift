import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// The server does not let us in.
extension FaultBench {
    // F4, F5, F6
    func signingIn() async throws -> [FaultRow] {
        let user = good.server.user
        let newKey = "make a key: ssh-keygen -t ed25519, and add its public half on the server"
        var rows: [FaultRow] = []
        if !LibSSH2Library.canSignWithRSA {
            let rsa = try await good.server.makeClientKey("rsa", type: "rsa")
            rows.append(
                FaultRow(
                    name: "F4 RSA user key", code: .keyTypeRefused,
                    message: "cannot sign in as \(user): key \(rsa): RSA keys need libssh2 1.11; use ed25519; "
                        + "the server takes publickey",
                    hint: newKey, provoke: try attempt(good, ways: [.key(path: rsa)])))
        }
        let locked = try await good.server.makeClientKey("locked", passphrase: "open sesame")
        rows.append(
            FaultRow(
                name: "F5 bad passphrase", code: .passphraseWrong,
                message: "cannot sign in as \(user): key \(locked): the passphrase is wrong; "
                    + "the server takes publickey",
                hint: "try it: ssh-keygen -y -f \(locked)",
                provoke: try attempt(good, ways: [.key(path: locked) { Array("close sesame".utf8) }])))
        let guarded = try await SSHFixture()
        let banner = try guarded.server.folder.write("Authorised staff only.\n\tOr else.\n", to: "banner")
        let config = try guarded.server.folder.read("sshd_config")
        try guarded.server.folder.write("Banner \(banner)\nMaxAuthTries 3\n" + config, to: "sshd_config")
        let first = try await good.server.makeClientKey("stranger")
        let second = try await good.server.makeClientKey("another")
        let third = try await good.server.makeClientKey("one more")
        rows.append(
            FaultRow(
                name: "F6 refused, with a banner", code: .authenticationFailed,
                message: "the server refused \(user), it does not say why: key \(first) refused; it takes publickey; "
                    + "its banner: \"Authorised staff only. Or else.\"",
                hint: "the public key may be missing on the server, or its file readable by others there",
                provoke: try attempt(guarded, ways: [.key(path: first)])))
        rows.append(
            FaultRow(
                name: "F6 refused, with a reason", code: .authenticationFailed,
                message: "the server refused \(user): \"Too many authentication failures\": key \(first) refused; "
                    + "key \(second) refused; its banner: \"Authorised staff only. Or else.\"",
                hint: "the public key may be missing on the server, or its file readable by others there",
                provoke: try attempt(guarded, ways: [.key(path: first), .key(path: second), .key(path: third)])))
        let waiting = try await PasswordServer()
        let known = try await waiting.knownHosts()
        let limit = FaultTableTests.short
        let account = "check the account: name, key or password, locked, expired, allowed to sign in over SSH"
        for (name, user, code, message, hint) in [
            (
                "wrong password", "word", SSHError.Code.authenticationFailed,
                "the server refused word, it does not say why: password refused; it takes password", account
            ),
            (
                "locked, and it says so", "gone", .authenticationFailed,
                "the server refused gone: \"Your account is locked.\": keyboard-interactive refused; "
                    + "it takes keyboard-interactive", account
            ),
            (
                "expired password", "old", .passwordExpired, "the password of old has expired",
                "change it on the server, or in the domain"
            ),
            (
                "nothing that it takes", "ask", .noMethod,
                "cannot sign in as ask: password: not offered; the server takes keyboard-interactive",
                "see auth, key and password of the inventory's ssh"
            ),
        ] {
            let secret: SSHSecretSource = { Array("wrong".utf8) }
            let ways: [SSHAuthentication] = user == "gone" ? [.keyboardInteractive(secret)] : [.password(secret)]
            rows.append(
                FaultRow(name: "F6 \(name)", code: code, message: message, hint: hint) { worker in
                    _ = try await SSHFixture.connect(
                        port: waiting.port, user: user, knownHosts: known, authentication: ways,
                        deadlines: FaultTableTests.slow, on: worker)
                })
        }
        rows.append(
            FaultRow(
                name: "F6 nobody types the password", code: .unattended,
                message: "sign-in was not done within \(limit.words): no password came", deadline: limit
            ) { worker in
                _ = try await SSHFixture.connect(
                    port: waiting.port, user: "word", knownHosts: known,
                    authentication: [.password { await forever() }],
                    deadlines: FaultTableTests.hurried(\.signIn), on: worker)
            })
        return rows
    }
}
