extension SSHSession {
    // The ways are kept apart by the compiler: each host takes one of them, and its task would keep room for all.

    /// Tries the ways in order until the server accepts one.
    func signIn(_ ways: [SSHAuthentication]) async throws {
        guard let handle = resources.handle else { throw lost("sign-in") }
        let deadline = try deadline(deadlines.signIn)
        let user = endpoint.user
        var notes = SignInNotes()
        var offered: [String]?
        handle.memory.noteAllocations()
        do {
            // A password is shown only to a server that takes one. A key shown in vain gives nothing away, so with keys alone
            // the question, a journey there and back, is left out.
            if !ways.allSatisfy({ $0.method == "publickey" }) {
                offered = try await offeredMethods(handle, deadline)
                if offered == nil { return }
            }
            for way in ways {
                if let offered, !offered.contains(way.method) {
                    notes.skipped(way.method, "not offered", .noMethod)
                    continue
                }
                if try await tryOne(way, handle, deadline, &notes) {
                    acceptedMethod = way.method
                    return
                }
            }
        } catch let error as SSHError where error.code == .connectionLost && handle.memory.farewell != nil {
            // The server ended the connection and said why: too many tries, an account that is locked.
            notes.ended()
        }
        notes.reason = handle.memory.farewell ?? handle.memory.instruction
        if offered == nil, failure == nil {
            // For the sentence; who hangs up now, for it was one question too many, does not change what has happened.
            do {
                offered = try await offeredMethods(handle, deadline)
                guard let offered else { return }
                notes.isMethodTaken = notes.reason != nil || offered.contains("publickey")
            } catch let error as SSHError where error.code == .connectionLost {}
        }
        notes.banner = handle.memory.banner
        throw notes.error(user: user, offered: offered ?? [])
    }

    /// nil: the server let the user in because it was asked, without any proof.
    private func offeredMethods(_ handle: SessionHandle, _ deadline: Deadline) async throws -> [String]? {
        let list = try await ask(handle, deadline) { try handle.offeredMethods(to: endpoint.user) }
        if list == nil { acceptedMethod = "none" }
        return list
    }

    private func tryOne(
        _ way: SSHAuthentication, _ handle: SessionHandle, _ deadline: Deadline, _ notes: inout SignInNotes
    ) async throws -> Bool {
        let user = endpoint.user
        switch way {
        case .key(let path, let passphrase):
            return try await tryKeyFile(path, passphrase, handle, deadline, &notes)
        case .held(let publicKey, let sign):
            return try await trySigner("key", publicKey, handle, deadline, &notes) { try sign($0) }
        case .signer(let publicKey, let sign):
            return try await trySigner("key", publicKey, handle, deadline, &notes) { data in
                try await waiting(for: "signature", by: deadline) { try await sign(data) }
            }
        case .agent(let socket, let fingerprint):
            return try await tryAgent(SSHAgent(socket: socket), fingerprint, handle, deadline, &notes)
        case .password(let source):
            return try await tryPassword("password", source, handle, deadline, &notes) {
                try handle.signIn(user, password: $0)
            }
        case .keyboardInteractive(let source):
            defer { handle.memory.answer = nil }
            var isSet = false
            return try await tryPassword("keyboard-interactive", source, handle, deadline, &notes) { secret in
                if !isSet { handle.memory.answer = secret }
                isSet = true
                return try handle.signInByQuestions(user)
            }
        }
    }

    /// One call of the library. When the connection ends meanwhile, that is what is said, whatever the library makes of it.
    private func ask<Value>(
        _ handle: SessionHandle, _ deadline: Deadline, _ call: () throws -> Attempt<Value>
    ) async throws -> Value {
        do {
            defer { if handle.memory.notesAllocations { handle.memory.keepBanner() } }
            return try await perform("sign-in", by: deadline, leaving: .fatal, call)
        } catch let error as SSHError where handle.memory.hasEnded && error.code != .unresponsive && failure == nil {
            let lost = LibSSH2Error.connectionLost(
                "sign-in", number: error.number, farewell: handle.memory.farewell)
            end(lost)
            throw lost
        }
    }

    @inline(never)
    private func tryPassword(
        _ what: String, _ source: @escaping SSHSecretSource, _ handle: SessionHandle, _ deadline: Deadline,
        _ notes: inout SignInNotes,
        _ call: (SecretBytes) throws -> Attempt<SignInAnswer>
    ) async throws -> Bool {
        let secret: SecretBytes
        do {
            secret = try await waiting(for: "password", by: deadline) {
                var bytes = try await source()
                return SecretBytes(wiping: &bytes)
            }
        } catch let error as SSHSecretWithheld {
            notes.withheld(error)
            return false
        }
        if notes.hasRefused(secret) {
            notes.skipped(what, "not tried, the same password was refused before")
            return false
        }
        do {
            if case .accepted = try await ask(handle, deadline, { try call(secret) }) {
                return true
            }
            let asked = what == "keyboard-interactive" && handle.memory.wasAskedMore == true
            notes.refused(asked ? "\(what) (the server asks more than one password)" : what, password: secret)
        } catch let error as SSHError where error.code == .passwordExpired {
            notes.expired(what)
        } catch let error as SSHError where error.code == .connectionLost {
            notes.ended(after: secret)
            throw error
        }
        return false
    }

    @inline(never)
    private func tryKeyFile(
        _ path: String, _ passphrase: SSHSecretSource?, _ handle: SessionHandle, _ deadline: Deadline,
        _ notes: inout SignInNotes
    ) async throws -> Bool {
        let what = "key \(path)"
        var bytes: [UInt8]
        do {
            bytes = try await BlockingWork.keys.run { try SmallFile.read(path, limit: 1 << 16) }
        } catch let error as FileProblem {
            notes.skipped(what, error.reason)
            return false
        }
        let file = PrivateKeyFile(bytes)
        let text = SecretBytes(wiping: &bytes)
        guard let file else {
            notes.skipped(what, "not a private key of OpenSSH or PEM form")
            return false
        }
        if let refusal = file.refusal(canSignWithRSA: LibSSH2Library.canSignWithRSA) {
            notes.skipped(what, refusal, .keyTypeRefused, hint: Self.newKeyHint)
            return false
        }
        var secret: SecretBytes?
        if file.isEncrypted {
            guard let passphrase else {
                notes.skipped(what, "it is encrypted, and no passphrase was given", .passphraseWrong)
                return false
            }
            let held = try await waiting(for: "passphrase", by: deadline) {
                var phrase = try await passphrase()
                return SecretBytes(wiping: &phrase)
            }
            guard held.count > 0, !held.containsZero else {
                notes.skipped(
                    what, "the passphrase is wrong", .passphraseWrong, hint: "try it: ssh-keygen -y -f \(path)")
                return false
            }
            secret = held
        }
        let user = endpoint.user
        do {
            let answer = try await ask(handle, deadline) {
                try handle.signIn(user, keyFile: text, passphrase: secret)
            }
            if case .accepted = answer { return true }
            notes.refused(
                what, hint: "the public key may be missing on the server, or its file readable by others there")
        } catch let error as SSHError where Self.isLocal(error) {
            notes.skipped(
                what, file.isEncrypted ? "the passphrase is wrong" : "it cannot be used (\(error.message))",
                file.isEncrypted ? .passphraseWrong : .keyUnusable, hint: "try it: ssh-keygen -y -f \(path)")
        }
        return false
    }

    private static let newKeyHint = "make a key: ssh-keygen -t ed25519, and add its public half on the server"

    /// Whether libssh2 failed before it asked the server anything.
    private static func isLocal(_ error: SSHError) -> Bool {
        error.number < 0 && error.code != .unresponsive && error.code != .connectionLost
            && !(LibSSH2Error.endsSession(error.number) && error.number != -1)
    }

    @inline(never)
    private func tryAgent(
        _ agent: SSHAgent, _ fingerprint: String?, _ handle: SessionHandle, _ deadline: Deadline,
        _ notes: inout SignInNotes
    ) async throws -> Bool {
        let keys: [HostKey]
        do {
            keys = try await waiting(for: "answer of the agent", by: deadline) { try await agent.keys() }.filter {
                fingerprint == nil || $0.fingerprint == fingerprint
            }
        } catch let error as SSHError where !deadline.hasPassed {
            notes.skipped("agent", error.message)
            return false
        }
        if keys.isEmpty {
            notes.skipped("agent", fingerprint.map { "it does not hold the key \($0)" } ?? "it holds no key")
        }
        for key in keys {
            let what = "agent key \(key.fingerprint)"
            guard key.type != "ssh-rsa" || LibSSH2Library.canSignWithRSA else {
                notes.skipped(what, "RSA keys need libssh2 1.11; use ed25519", .keyTypeRefused, hint: Self.newKeyHint)
                continue
            }
            let isIn = try await trySigner(what, key.blob, handle, deadline, &notes) { data in
                try await waiting(for: "signature", by: deadline) { try await agent.sign(data, with: key) }
            }
            if isIn { return true }
        }
        return false
    }

    @inline(never)
    private func trySigner(
        _ what: String, _ publicKey: [UInt8], _ handle: SessionHandle, _ deadline: Deadline,
        _ notes: inout SignInNotes, _ sign: nonisolated(nonsending) ([UInt8]) async throws -> [UInt8]
    ) async throws -> Bool {
        let user = endpoint.user
        var reason: SSHError?
        while true {
            let answer: SignInAnswer
            do {
                answer = try await ask(handle, deadline) {
                    try handle.signIn(user, publicKey: publicKey)
                }
            } catch let error as SSHError where Self.isLocal(error) {
                notes.skipped(what, reason?.message ?? "it cannot be used (\(error.message))")
                return false
            }
            switch answer {
            case .accepted: return true
            case .refused:
                notes.refused(what, hint: "the public key may be missing on the server")
                return false
            case .wantsSignature(let data):
                do {
                    handle.memory.signature = .made(try await sign(data))
                } catch {
                    if deadline.hasPassed || Task.isCancelled { throw error }
                    reason = error as? SSHError ?? SSHError(.keyUnusable, "sign-in", "signing failed: \(error)")
                    handle.memory.signature = .failed
                }
            }
        }
    }
}
