/// What a server sends before anything is encrypted: perhaps some lines, its version, and its offer of algorithms.
///
/// libssh2 says with one sentence, or none, that a handshake failed. From the bytes themselves can be told why.
struct Opening {
    /// The first line, cleaned of what a terminal should not see; nil when nothing came.
    let firstLine: String?
    /// Whether an SSH version line came.
    let speaksSSH: Bool
    /// That line, cleaned.
    let version: String
    /// How long it is, without its end.
    let versionLength: Int
    /// Whether its end has come too.
    let versionIsWhole: Bool
    /// The server's lists of algorithms, when they came whole.
    let offer: Offer?

    /// The lists of the key exchange message that matter.
    struct Offer: Hashable {
        var keyExchanges: [String]
        var hostKeys: [String]
        var ciphers: [String]
        var macs: [String]
    }

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var first: String?
        var isSSH = false
        var (version, length, isWhole) = ("", 0, false)
        while !rest.isEmpty && !isSSH {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            isWhole = line.count < rest.count
            rest = rest.dropFirst(line.count + 1)
            isSSH = line.starts(with: "SSH-".utf8)
            if isSSH { (version, length) = (Self.clean(line), line.count - (line.last == UInt8(ascii: "\r") ? 1 : 0)) }
            if (first ?? "").isEmpty { first = Self.clean(line) }
        }
        firstLine = first
        speaksSSH = isSSH
        self.version = version
        versionLength = length
        versionIsWhole = isSSH && isWhole
        offer = isSSH ? Self.offer(in: rest) : nil
    }

    /// The longest version line that libssh2 1.10 reads, less the line's end; RFC 4253 allows one less.
    private static let longestVersion = 254

    private static func clean(_ line: ArraySlice<UInt8>) -> String {
        PeerText.clean(line.prefix(200))
    }

    /// RFC 4253 §6 and §7.1: length, padding length, type 20, cookie, ten lists of names.
    private static func offer(in bytes: ArraySlice<UInt8>) -> Offer? {
        var reader = WireReader(bytes)
        guard let length = reader.number(), length < 35000, reader.byte() != nil, reader.byte() == 20,
            reader.bytes(16) != nil
        else { return nil }
        var lists: [[String]] = []
        for _ in 0..<6 {
            guard let names = reader.text() else { return nil }
            lists.append(names.split(separator: ",").map(String.init))
        }
        // Client to server and back are offered alike by every server met; what only one direction has is of no use.
        // Some names among the key exchanges are none, but say what else the server understands.
        return Offer(
            keyExchanges: lists[0].filter { !$0.hasPrefix("kex-strict-") && !$0.hasPrefix("ext-info-") },
            hostKeys: lists[1], ciphers: lists[2].filter(lists[3].contains),
            macs: lists[4].filter(lists[5].contains))
    }

    /// Says what is behind a failed handshake.
    ///
    /// - Parameter abilities: What this side can do.
    func explain(_ error: SSHError, abilities: Offer) -> SSHError {
        var error = error
        if error.code == .unresponsive {
            error.code = .handshakeTimedOut
            error.hint = "its SSH service may hang, or something in between answers for it"
        }
        if error.code == .handshakeTimedOut, firstLine == nil {
            error.message = "the server took the connection and said nothing; \(error.message)"
            return error
        }
        if speaksSSH, offer == nil, versionLength > Self.longestVersion {
            return SSHError(
                .versionTooLong, "handshake",
                "the server's version line is too long for this build: \(versionLength) characters",
                number: error.number,
                hint: "connect by the system's ssh (transport: ssh), or shorten VersionAddendum on the server")
        }
        guard
            error.code != .handshakeTimedOut && error.code != .sessionClosed && error.code != .bastionLost
                && error.code != .hostKeyUnknown
        else {
            return error
        }
        guard let firstLine else {
            return SSHError(
                .turnedAway, "handshake", "the server ended the connection without a word", number: error.number,
                hint: "it may limit connections (MaxStartups) or refuse this address")
        }
        if !speaksSSH {
            // What OpenSSH writes to a connection that it sheds, before and since 9.8.
            if firstLine.hasPrefix("Exceeded MaxStartups") || firstLine.hasPrefix("Not allowed at this time") {
                return SSHError(
                    .tooManyConnections, "handshake", "the server limits connections: \"\(firstLine)\"",
                    number: error.number, hint: "try again later, or raise MaxStartups in its sshd_config")
            }
            return SSHError(
                .notSSH, "handshake", "not an SSH server: \"\(firstLine)\"", number: error.number,
                hint: "check the port")
        }
        if let offer, let missing = offer.missing(for: abilities) {
            return SSHError(
                .noCommonAlgorithm, "handshake",
                "no common \(missing.list): the server offers \(PeerText.list(missing.offered)), "
                    + "this build \(missing.able.joined(separator: ","))",
                number: error.number,
                hint: "connect by the system's ssh (transport: ssh), or allow one of these on the server")
        }
        if versionIsWhole && !version.hasPrefix("SSH-2.") && !version.hasPrefix("SSH-1.99-") {
            return SSHError(
                .versionTooOld, "handshake", "the server speaks an SSH that is not version 2: \"\(version)\"",
                number: error.number, hint: "the server has to be renewed, or told to speak version 2")
        }
        if error.code == .noCommonAlgorithm || error.code == .connectionLost || error.code == .handshakeFailed {
            return SSHError(
                .handshakeFailed, "handshake", "the server ended the connection during the handshake",
                number: error.number, hint: "its log says why; it may be starting, or limit connections (MaxStartups)")
        }
        return error
    }
}

extension Opening.Offer {
    /// The first list in which the two sides have nothing in common.
    func missing(for able: Self) -> (list: String, offered: [String], able: [String])? {
        let lists = [
            ("key exchange", keyExchanges, able.keyExchanges), ("host key algorithm", hostKeys, able.hostKeys),
            ("cipher", ciphers, able.ciphers), ("MAC", macs, able.macs),
        ]
        return lists.first { Set($0.1).isDisjoint(with: $0.2) }
    }
}
