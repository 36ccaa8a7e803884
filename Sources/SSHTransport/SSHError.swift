/// Why something over SSH did not work. The host's name is not in it: the caller knows it and puts it first.
///
/// A single word, which points to its ``Fields``: every suspended call that may throw keeps room for what it may throw, and
/// there are some of those for each host.
@dynamicMemberLookup
package struct SSHError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; open, so that a caller needs a default.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The name does not resolve.
        package static let unresolved = Code(rawValue: "unresolved")
        /// Nothing listens there.
        package static let refused = Code(rawValue: "refused")
        /// No way to the host, or a firewall that says so.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The host did not take the connection in time: it is down, or a firewall drops what is sent to it.
        package static let timedOut = Code(rawValue: "timed-out")
        /// The host took the connection, and the handshake was not done in time.
        package static let handshakeTimedOut = Code(rawValue: "handshake-timed-out")
        /// The connection stands, and the server did not answer in time; ``SSHError/operation`` says what.
        package static let unresponsive = Code(rawValue: "unresponsive")
        /// Nobody gave the password, the passphrase or the signature in time that the sign-in needs from this side.
        package static let unattended = Code(rawValue: "unattended")
        /// What answers does not speak SSH; the message quotes its first line.
        package static let notSSH = Code(rawValue: "not-ssh")
        /// The server limits connections and turned this one away: worth a retry later.
        package static let tooManyConnections = Code(rawValue: "too-many-connections")
        /// As many connections are open as this process can have, and none ends.
        package static let tooManyOpen = Code(rawValue: "too-many-open")
        /// The server ended the connection at once, without a word.
        package static let turnedAway = Code(rawValue: "turned-away")
        /// The server's version line is longer than this build of the library reads.
        package static let versionTooLong = Code(rawValue: "version-too-long")
        /// The server speaks an SSH before version 2.
        package static let versionTooOld = Code(rawValue: "version-too-old")
        /// The server ended the connection in the middle of the handshake.
        package static let handshakeFailed = Code(rawValue: "handshake-failed")
        /// The two sides have no algorithm in common; the message names the list.
        package static let noCommonAlgorithm = Code(rawValue: "no-common-algorithm")
        /// No key of the host is pinned, or only keys of other types; ``SSHError/hostKey`` is what it showed.
        package static let hostKeyUnknown = Code(rawValue: "host-key-unknown")
        /// The host showed another key than the pinned one.
        package static let hostKeyChanged = Code(rawValue: "host-key-changed")
        /// The host showed a key that is marked as revoked.
        package static let hostKeyRevoked = Code(rawValue: "host-key-revoked")
        /// The host showed a certificate of an authority that is pinned, for another name or another time.
        package static let hostCertificateRefused = Code(rawValue: "host-certificate-refused")
        /// A known_hosts file cannot be read.
        package static let knownHostsUnreadable = Code(rawValue: "known-hosts-unreadable")
        /// The server refused every way to sign in. It does not say why.
        package static let authenticationFailed = Code(rawValue: "authentication-failed")
        /// No way to sign in could even be tried: a key file cannot be read or is none, an agent does not sign, or the ways
        /// failed for several reasons.
        package static let keyUnusable = Code(rawValue: "key-unusable")
        /// No way to sign in could even be tried: the keys are of a type that cannot be used, RSA for instance, which libssh2
        /// 1.10 signs only as servers since OpenSSH 8.8 do not take it.
        package static let keyTypeRefused = Code(rawValue: "key-type-refused")
        /// No way to sign in could even be tried: a key file is encrypted, and its passphrase is wrong or missing.
        package static let passphraseWrong = Code(rawValue: "passphrase-wrong")
        /// No way to sign in was tried, for the server takes none of those that were given.
        package static let noMethod = Code(rawValue: "no-method")
        /// The password was right and has expired.
        package static let passwordExpired = Code(rawValue: "password-expired")
        /// The password was not shown, for a reason of ours, and nothing else let us in.
        package static let passwordWithheld = Code(rawValue: "password-withheld")
        /// The server allows no further channel.
        package static let channelRefused = Code(rawValue: "channel-refused")
        /// The server opened a channel and refuses to run a command on it.
        package static let commandRefused = Code(rawValue: "command-refused")
        /// The channel was closed, by either side, while something was still to be done on it.
        package static let channelClosed = Code(rawValue: "channel-closed")
        /// The connection ended without a goodbye: what was under way has an unknown outcome.
        package static let connectionLost = Code(rawValue: "connection-lost")
        /// The server in between was lost, and with it all that is behind it.
        package static let bastionLost = Code(rawValue: "bastion-lost")
        /// The server in between opens no way, to this host or to any.
        package static let bastionRefuses = Code(rawValue: "bastion-refuses")
        /// Nothing more can be opened on the connection to the server in between, because an earlier opening was given up
        /// half-way: nothing has been tried, and over a fresh connection it can be.
        package static let bastionSpent = Code(rawValue: "bastion-spent")
        /// The session was closed, or given up after a cancelled call, on this side.
        package static let sessionClosed = Code(rawValue: "session-closed")
        /// The other side broke the protocol, or what arrived was damaged.
        package static let protocolViolated = Code(rawValue: "protocol-violated")
        /// The system's `ssh` program is not there, or cannot be started.
        package static let noProgram = Code(rawValue: "no-program")
        /// Anything else the library reports, a lack of memory for instance.
        package static let libraryFailure = Code(rawValue: "library-failure")
    }

    /// What an error says; read and written as if it were the error's own.
    package struct Fields: Hashable, Sendable {
        /// What kind of failure it is.
        package var code: Code
        /// What was being done: `connect`, `handshake`, `host key`, `sign-in`, `open channel`, `read`, `write`, ….
        package var operation: String
        /// libssh2's number (negative) or the system's (`errno`, positive); 0 when there is neither.
        package var number: Int32
        /// One sentence, lower case.
        package var message: String
        /// What to do about it, when that is known.
        package var hint: String?
        /// The key the host showed, for the codes about host keys.
        package var hostKey: HostKey?
        /// The bastion that it is about, by its endpoint's title; nil when it is about the host.
        package internal(set) var bastion: String?
        /// Whether the server may have turned the connection away because it had too many: worth another try.
        var mayBeShed = false
        /// Whether the server was shown a password and refused it. To show it again, here or to a server that asks the same
        /// directory, may lock the account.
        package internal(set) var passwordWasRefused = false
    }

    private indirect enum Box: Hashable {
        case fields(Fields)
    }

    private var box: Box

    /// Whether it is the way that failed and not the host.
    package var isOfBastion: Bool { [.bastionLost, .bastionRefuses, .bastionSpent].contains(fields.code) }

    package var description: String {
        let fields = fields
        return fields.hint.map { "\(fields.message)\nhint: \($0)" } ?? fields.message
    }

    init(
        _ code: Code, _ operation: String, _ message: String, number: Int32 = 0, hint: String? = nil,
        hostKey: HostKey? = nil
    ) {
        box = .fields(
            Fields(
                code: code, operation: operation, number: number, message: message, hint: hint, hostKey: hostKey))
    }

    private var fields: Fields {
        get {
            switch box {
            case .fields(let fields): fields
            }
        }
        set { box = .fields(newValue) }
    }

    /// What the error says.
    package subscript<Value>(dynamicMember path: KeyPath<Fields, Value>) -> Value { fields[keyPath: path] }

    /// The same, to be said otherwise.
    package subscript<Value>(dynamicMember path: WritableKeyPath<Fields, Value>) -> Value {
        get { fields[keyPath: path] }
        set { fields[keyPath: path] = newValue }
    }
}
