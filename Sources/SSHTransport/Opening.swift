/// What a server sends before anything is encrypted: perhaps some lines, its version, and its offer of algorithms.
///
/// libssh2 says with one sentence, or none, that a handshake failed. From the bytes themselves can be told why.
struct Opening {
    /// The first line, cleaned of what a terminal should not see; nil when nothing came.
    let firstLine: String?
    /// Whether an SSH version line came.
    let speaksSSH: Bool
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
        while !rest.isEmpty && !isSSH {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest.dropFirst(line.count + 1)
            isSSH = line.starts(with: "SSH-".utf8)
            first = first ?? Self.clean(line)
        }
        firstLine = first
        speaksSSH = isSSH
        offer = isSSH ? Self.offer(in: rest) : nil
    }

    private static func clean(_ line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line.prefix(200), as: UTF8.self)
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 })
        ).trimmed
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
        return Offer(
            keyExchanges: lists[0], hostKeys: lists[1], ciphers: lists[2].filter(lists[3].contains),
            macs: lists[4].filter(lists[5].contains))
    }

    /// Says what is behind a failed handshake.
    ///
    /// - Parameter abilities: What this side can do.
    func explain(_ error: SSHError, abilities: Offer) -> SSHError {
        guard
            error.code != .timedOut && error.code != .sessionClosed && error.code != .bastionLost
                && error.code != .hostKeyUnknown
        else {
            return error
        }
        guard let firstLine else {
            return SSHError(
                .handshakeFailed, "handshake", "the server ended the connection without a word", number: error.number,
                hint: "it may limit connections (MaxStartups) or refuse this address")
        }
        if !speaksSSH {
            let code: SSHError.Code = firstLine.hasPrefix("Exceeded MaxStartups") ? .tooManyConnections : .notSSH
            let message =
                code == .notSSH
                ? "not an SSH server: \"\(firstLine)\"" : "the server limits connections: \"\(firstLine)\""
            return SSHError(code, "handshake", message, number: error.number)
        }
        if let offer, let missing = offer.missing(for: abilities) {
            return SSHError(
                .noCommonAlgorithm, "handshake",
                "no common \(missing.list): the server offers \(missing.offered.joined(separator: ",")), "
                    + "this build \(missing.able.joined(separator: ","))",
                number: error.number, hint: "a newer libssh2 knows more of them; or allow one of these on the server")
        }
        if error.code == .noCommonAlgorithm || error.code == .connectionLost || error.code == .handshakeFailed {
            return SSHError(
                .handshakeFailed, "handshake", "the server ended the connection during the handshake",
                number: error.number)
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

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }
}
