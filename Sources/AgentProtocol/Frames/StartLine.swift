import FleetModel

/// The line after the script: what this conversation is about.
package struct StartLine: Sendable, Equatable {
    /// 32 hex digits, new for each connection.
    package var nonce: String
    /// Module-qualified names of the commands of this run; compared with their case.
    package var allow: [String]
    /// Comes back in `hello`; the default holds two-, three- and four-byte characters.
    package var echo: String
    /// Without a line from us for this long the agent ends.
    package var silence: Duration
    /// When a call that ignores its stop is reported, and when the process ends over it.
    package var stuck: Duration
    package var dead: Duration
    /// How long the agent waits for a former agent's mutex before it reports that one as holder.
    package var hold: Duration
    /// Why this agent is started, for the lab's log; the real agent reads over it.
    package var reason: String

    package static let echoText = "\u{E9}\u{20AC}\u{1F600}"

    package init(
        nonce: String, allow: [String], echo: String = StartLine.echoText, silence: Duration = .seconds(120),
        stuck: Duration = .seconds(15), dead: Duration = .seconds(30), hold: Duration = .zero, reason: String = ""
    ) {
        self.nonce = nonce
        self.allow = allow
        self.echo = echo
        self.silence = silence
        self.stuck = stuck
        self.dead = dead
        self.hold = hold
        self.reason = reason
    }

    /// - Throws: ``AgentProtocolError`` `oversize`.
    package func line() throws -> WireLine {
        var json = JSONLine()
        json.object { line in
            line.member("nonce", nonce)
            line.member("allow", allow)
            line.member("echo", echo)
            line.member("silenceMs", silence.milliseconds)
            line.member("stuckMs", stuck.milliseconds)
            line.member("deadMs", dead.milliseconds)
            line.member("holdMs", hold.milliseconds)
            line.member("reason", reason.isEmpty ? nil : reason)
        }
        return try WireLine(json)
    }

    /// - Throws: ``AgentProtocolError`` `unreadable`.
    package init(line: some Collection<UInt8>) throws {
        let json = try JSONValue(objectLine: line)
        func milliseconds(_ name: String, _ otherwise: Duration) -> Duration {
            json[name]?.int64.map { .milliseconds($0) } ?? otherwise
        }
        let nonce = try json.required("nonce")
        guard nonce.utf8.count == 32, nonce.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            throw AgentProtocolError(.unreadable, "the nonce is not 32 hex digits")
        }
        self.init(
            nonce: nonce, allow: json["allow"]?.texts ?? [], echo: json["echo"]?.text ?? "",
            silence: milliseconds("silenceMs", .seconds(120)), stuck: milliseconds("stuckMs", .seconds(15)),
            dead: milliseconds("deadMs", .seconds(30)), hold: milliseconds("holdMs", .zero),
            reason: json["reason"]?.text ?? "")
    }
}
