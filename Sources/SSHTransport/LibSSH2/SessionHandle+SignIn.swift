import CLibSSH2

/// What the server said to one way to sign in.
enum SignInAnswer {
    case accepted
    case refused
    /// These bytes are to be signed; then the same call is made again.
    case wantsSignature([UInt8])
}

extension SessionHandle {
    /// The ways to sign in that the server offers; nil when it lets the user in without any.
    func offeredMethods(to user: String) throws -> Attempt<[String]?> {
        if let list = libssh2_userauth_list(pointer, user, UInt32(user.utf8.count)) {
            return .done(String(cString: list).split(separator: ",").map(String.init))
        }
        if libssh2_userauth_authenticated(pointer) != 0 { return .done(nil) }
        return try attempt("sign-in", libssh2_session_last_errno(pointer), as: [String]?.self)
    }

    func signIn(_ user: String, password: SecretBytes) throws -> Attempt<SignInAnswer> {
        memory.wasAskedForNewPassword = false
        let number = password.withCharacters {
            libssh2_userauth_password_ex(
                pointer, user, UInt32(user.utf8.count), $0, UInt32(password.count), newPasswordCallback)
        }
        if number != LIBSSH2_ERROR_EAGAIN && memory.wasAskedForNewPassword {
            throw error("sign-in", LIBSSH2_ERROR_PASSWORD_EXPIRED)
        }
        return try answer(number)
    }

    /// The answer to the question lies in ``SessionMemory/answer``.
    func signInByQuestions(_ user: String) throws -> Attempt<SignInAnswer> {
        try answer(
            libssh2_userauth_keyboard_interactive_ex(pointer, user, UInt32(user.utf8.count), answerCallback))
    }

    func signIn(_ user: String, keyFile: SecretBytes, passphrase: SecretBytes?) throws -> Attempt<SignInAnswer> {
        func call(_ passphrase: UnsafePointer<CChar>?) -> Int32 {
            keyFile.withCharacters {
                libssh2_userauth_publickey_frommemory(
                    pointer, user, user.utf8.count, nil, 0, $0, keyFile.count, passphrase)
            }
        }
        return try answer(passphrase.map { $0.withCharacters(call) } ?? call(nil))
    }

    func signIn(_ user: String, publicKey: [UInt8]) throws -> Attempt<SignInAnswer> {
        let number = libssh2_userauth_publickey(
            pointer, user, publicKey, publicKey.count, signCallback, libssh2_session_abstract(pointer))
        if number == LIBSSH2_ERROR_EAGAIN, case .wanted(let data) = memory.signature {
            return .done(.wantsSignature(data))
        }
        return try answer(number)
    }

    private func answer(_ number: Int32) throws -> Attempt<SignInAnswer> {
        switch number {
        case 0: .done(.accepted)
        case LIBSSH2_ERROR_AUTHENTICATION_FAILED: .done(.refused)
        default: try attempt("sign-in", number, as: SignInAnswer.self)
        }
    }
}
