import FleetModel

/// What the agent says.
package enum AgentFrame: Sendable, Equatable {
    case hello(Hello)
    case done(Done)
    case progress(id: String, text: String, status: String, percent: Int64, milliseconds: Int64)
    case pong(id: String)
    /// A call was refused because another runs.
    case busy(id: String, running: String)
    /// A call ignores its stop; the agent still waits.
    case stuck(id: String, milliseconds: Int64)
    /// A call ignored its stop for good: the process ends now.
    case dead(id: String, milliseconds: Int64)
    /// A blob's total size so far.
    case kept(blob: String, bytes: Int64)
    /// `why`: `unreadable` or `unknown`; the agent goes on.
    case error(why: String, text: String)
    /// The farewell, with what was printed meanwhile.
    case bye(noise: String)

    /// The frame as the agent writes it: `\n` 0x1E nonce `{json}` `\n`, ASCII only.
    ///
    /// - Throws: ``AgentProtocolError`` `oversize`.
    package func framed(nonce: String) throws -> [UInt8] {
        var json = JSONLine()
        json.object { write(to: &$0) }
        guard json.bytes.count <= AgentLimits.line else {
            throw AgentProtocolError(.oversize, "a frame of \(json.bytes.count) bytes")
        }
        return [0x0A, 0x1E] + Array(nonce.utf8) + json.bytes + [0x0A]
    }

    private func write(to line: inout JSONLine) {
        switch self {
        case .hello(let hello):
            line.member("k", "hello")
            hello.write(to: &line)
        case .done(let done):
            line.member("k", "done")
            done.write(to: &line)
        case .progress(let id, let text, let status, let percent, let milliseconds):
            line.member("k", "progress")
            line.member("id", id)
            line.member("text", text)
            line.member("status", status)
            line.member("percent", percent)
            line.member("ms", milliseconds)
        case .pong(let id):
            line.member("k", "pong")
            line.member("id", id)
        case .busy(let id, let running):
            line.member("k", "busy")
            line.member("id", id)
            line.member("running", running)
        case .stuck(let id, let milliseconds):
            line.member("k", "stuck")
            line.member("id", id)
            line.member("ms", milliseconds)
        case .dead(let id, let milliseconds):
            line.member("k", "dead")
            line.member("id", id)
            line.member("ms", milliseconds)
        case .kept(let blob, let bytes):
            line.member("k", "kept")
            line.member("blob", blob)
            line.member("bytes", bytes)
        case .error(let why, let text):
            line.member("k", "error")
            line.member("why", why)
            line.member("text", text)
        case .bye(let noise):
            line.member("k", "bye")
            line.member("noise", noise)
        }
    }

    /// Reads the JSON of a frame, as ``FrameScanner`` hands it out.
    ///
    /// - Throws: ``AgentProtocolError`` `unreadable`, `unknownKind`.
    package init(json bytes: some Collection<UInt8>) throws {
        let json = try JSONValue(objectLine: bytes)
        let milliseconds = json["ms"]?.int64 ?? 0
        switch try json.required("k") {
        case "hello": self = .hello(try Hello(json))
        case "done": self = .done(try Done(json))
        case "progress":
            self = .progress(
                id: try json.identifier(), text: json["text"]?.text ?? "", status: json["status"]?.text ?? "",
                percent: json["percent"]?.int64 ?? -1, milliseconds: milliseconds)
        case "pong": self = .pong(id: try json.identifier())
        case "busy": self = .busy(id: try json.identifier(), running: try json.identifier("running"))
        case "stuck": self = .stuck(id: try json.identifier(), milliseconds: milliseconds)
        case "dead": self = .dead(id: try json.identifier(), milliseconds: milliseconds)
        case "kept":
            guard let bytes = json["bytes"]?.int64 else {
                throw AgentProtocolError(.unreadable, "'bytes' is missing or no number")
            }
            self = .kept(blob: try json.required("blob"), bytes: bytes)
        case "error": self = .error(why: json["why"]?.text ?? "", text: json["text"]?.text ?? "")
        case "bye": self = .bye(noise: json["noise"]?.text ?? "")
        default: throw AgentProtocolError(.unknownKind, "a frame of unknown kind")
        }
    }
}
