/// What the `ssh` program says about its work (`-E`, at level DEBUG1), read line by line.
///
/// The lines are those of OpenSSH's portable release from 7.4 to 9.x; what is not understood is kept, to be quoted.
struct ProgramLog {
    /// How far it has come.
    enum Phase: Int, Comparable {
        case connect, handshake, signIn, command

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

        /// As the first door calls it.
        var operation: String {
            switch self {
            case .connect: "connect"
            case .handshake: "handshake"
            case .signIn: "sign-in"
            case .command: "read"
            }
        }

        /// What it is when this takes too long.
        var late: SSHError.Code {
            switch self {
            case .connect: .timedOut
            case .handshake: .handshakeTimedOut
            case .signIn, .command: .unresponsive
            }
        }
    }

    private(set) var phase = Phase.connect
    /// `SSH-2.0-OpenSSH_9.2`.
    private(set) var serverVersion = ""
    /// `ssh-ed25519 SHA256:…`, as the server showed it.
    private(set) var hostKey: String?
    /// The certificate around the key, where it has one.
    private(set) var hostCertificate: ProgramCertificate?
    private(set) var acceptedMethod = ""
    /// The ways to sign in that the server takes.
    private(set) var offered = ""
    /// What became of the keys.
    private(set) var keys: ProgramKeys
    /// The server has told how the command ended.
    private(set) var hasStatus = false
    /// The program has ended in order, whatever it was told.
    private(set) var hasEnded = false
    /// The first line of a server before, or instead of, its version.
    private(set) var firstLine: String?
    /// The server's no to a channel or a command.
    var refusal: String? { said.first { $0.contains("exec request failed") || $0.contains(": open failed: ") } }
    /// Of a process that others go through: why the server opened no way to a `host:port`, as it said last.
    private(set) var refusedWays: [String: String] = [:]
    /// The ways that are open or being opened, by the number of their channel.
    private var ways: [Substring: String] = [:]
    /// Whose channel's number comes next.
    private var asked: String?
    /// What is no debug line, cleaned: complaints.
    private(set) var said: [String] = []
    private var rest: [UInt8] = []

    private static let lineLimit = 4096
    private static let saidLimit = 40

    /// - Parameter sealed: The paths of key files that are encrypted.
    init(sealed: [String] = []) { keys = ProgramKeys(sealed: sealed) }

    mutating func append(_ bytes: [UInt8]) {
        rest += bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(PeerText.clean(rest[..<end].prefix(Self.lineLimit)))
            rest.removeFirst(end + 1)
        }
        // A line without an end is cut, not kept for ever.
        if rest.count > 2 * Self.lineLimit { rest.removeFirst(rest.count - Self.lineLimit) }
    }

    private mutating func take(_ line: String) {
        if let text = line.after("debug1: ") { return noteWay(text) ? () : note(text) }
        if noteRefusal(line) { return }
        keys.note(line)
        if line.hasPrefix("Authenticated to "), let method = line.split(separator: "\"").dropFirst().first {
            acceptedMethod = String(method)
            phase = max(phase, .command)
        } else if !line.isEmpty, !line.hasPrefix("Transferred: "), !line.hasPrefix("Bytes per second: "),
            said.count < Self.saidLimit
        {
            said.append(line)
        }
    }

    /// `channel_connect_stdio_fwd: host:22`, `channel 3: new …`, `channel 3: free: …`
    private mutating func noteWay(_ text: String) -> Bool {
        if let target = text.after("channel_connect_stdio_fwd") {
            asked = String(target.drop { $0 == ":" || $0 == " " })
        } else if let (number, words) = Self.channel(text) {
            if words.hasPrefix("new "), let target = asked {
                ways[number] = target
                refusedWays[target] = nil
                asked = nil
            } else if words.hasPrefix("free: ") {
                ways[number] = nil
            }
        } else {
            return false
        }
        return true
    }

    /// `channel 3: open failed: administratively prohibited: open failed`
    private mutating func noteRefusal(_ line: String) -> Bool {
        guard let (number, words) = Self.channel(line), let reason = words.after("open failed: "),
            let target = ways[number]
        else { return false }
        refusedWays[target] = reason
        return true
    }

    private static func channel(_ text: String) -> (number: Substring, words: String)? {
        guard let rest = text.after("channel "), let colon = rest.firstIndex(of: ":"),
            rest[..<colon].allSatisfy(\.isNumber)
        else { return nil }
        return (rest[..<colon], String(rest[colon...].dropFirst(2)))
    }

    private mutating func note(_ text: String) {
        keys.note(text)
        if text.hasPrefix("Connection established") || text.hasPrefix("Executing proxy command") {
            phase = max(phase, .handshake)
        } else if let version = text.after("Remote protocol version "),
            let software = version.range(of: ", remote software version ")
        {
            serverVersion = "SSH-\(version[..<software.lowerBound])-\(version[software.upperBound...])"
        } else if let key = text.after("Server host key: ") {
            hostKey = key
        } else if let certificate = text.after("Server host certificate: ") {
            hostCertificate = ProgramCertificate(certificate)
        } else if let methods = text.after("Authentications that can continue: ") {
            offered = methods
            phase = max(phase, .signIn)
        } else if let line = text.after("kex_exchange_identification: banner line 0: ") {
            firstLine = line
        } else if text.hasPrefix("client_input_channel_req: channel 0 rtype exit-") {
            hasStatus = true
        } else if text.hasPrefix("Exit status ") {
            hasEnded = true
        }
    }
}

extension String {
    /// What follows a beginning; nil when it does not begin so.
    func after(_ start: String) -> String? { hasPrefix(start) ? String(dropFirst(start.count)) : nil }

    /// The first place of a text in this one.
    func range(of text: String) -> Range<String.Index>? {
        guard !text.isEmpty else { return nil }
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
