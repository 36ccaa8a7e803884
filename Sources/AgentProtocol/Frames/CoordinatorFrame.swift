package import FleetModel
package import FoundationEssentials

/// What the coordinator says, one JSON object a line.
package enum CoordinatorFrame: Sendable {
    case ping(id: String)
    case invoke(Invocation)
    case cancel(id: String)
    /// Appends to a named blob.
    case put(blob: String, data: Data)
    case drop(blob: String)
    case bye

    /// One command with its parameters.
    package struct Invocation: Sendable {
        package var id: String
        /// Module-qualified, as in the start line's `allow`.
        package var command: String
        package var parameters: [(name: String, value: TypedValue)]
        /// The properties wanted of each result; empty: texts and plain values as they are.
        package var select: [String]
        package var limit: Duration

        package init(
            id: String, command: String, parameters: [(name: String, value: TypedValue)], select: [String],
            limit: Duration
        ) {
            self.id = id
            self.command = command
            self.parameters = parameters
            self.select = select
            self.limit = limit
        }
    }

    /// The frame as a line.
    ///
    /// - Throws: ``AgentProtocolError`` `oversize`.
    package func line() throws -> WireLine {
        var json = JSONLine()
        json.object { line in
            switch self {
            case .ping(let id):
                line.member("k", "ping")
                line.member("id", id)
            case .invoke(let call):
                line.member("k", "invoke")
                call.write(to: &line)
            case .cancel(let id):
                line.member("k", "cancel")
                line.member("id", id)
            case .put(let blob, let data):
                line.member("k", "put")
                line.member("blob", blob)
                line.key("data")
                line.base64(data)
            case .drop(let blob):
                line.member("k", "drop")
                line.member("blob", blob)
            case .bye: line.member("k", "bye")
            }
        }
        return try WireLine(json)
    }

    /// The `put` frames for a blob, in pieces of ``AgentLimits/blobPiece``; one even when there is nothing in it.
    package static func puts(blob: String, data: Data) -> [CoordinatorFrame] {
        var frames: [CoordinatorFrame] = []
        var rest = data[...]
        repeat {
            frames.append(.put(blob: blob, data: Data(rest.prefix(AgentLimits.blobPiece))))
            rest = rest.dropFirst(AgentLimits.blobPiece)
        } while !rest.isEmpty
        return frames
    }

    /// Reads a line, for the other side. Parameters come back sorted by name.
    ///
    /// - Throws: ``AgentProtocolError`` `unreadable`, `unknownKind`, `oversize`.
    package init(line: some Collection<UInt8>) throws {
        let json = try JSONValue(objectLine: line)
        switch try json.required("k") {
        case "ping": self = .ping(id: try json.identifier())
        case "invoke": self = .invoke(try Invocation(json))
        case "cancel": self = .cancel(id: try json.identifier())
        case "put":
            guard let data = Data(base64Encoded: try json.required("data")) else {
                throw AgentProtocolError(.unreadable, "'data' is no base64")
            }
            self = .put(blob: try json.required("blob"), data: data)
        case "drop": self = .drop(blob: try json.required("blob"))
        case "bye": self = .bye
        default: throw AgentProtocolError(.unknownKind, "a frame of unknown kind")
        }
    }
}

extension CoordinatorFrame.Invocation {
    fileprivate func write(to line: inout JSONLine) {
        line.member("id", id)
        line.member("cmd", command)
        line.key("p")
        line.object { line in
            for parameter in parameters {
                line.key(parameter.name)
                parameter.value.write(to: &line)
            }
        }
        if !select.isEmpty { line.member("select", select) }
        line.member("limitMs", limit.milliseconds)
    }

    fileprivate init(_ json: JSONValue) throws {
        var parameters: [(name: String, value: TypedValue)] = []
        if case .object(let members) = json["p"] {
            for name in members.keys.sorted() {
                parameters.append((name, try TypedValue(wire: members[name] ?? .null)))
            }
        }
        self.init(
            id: try json.identifier(), command: try json.required("cmd"), parameters: parameters,
            select: json["select"]?.texts ?? [],
            limit: .milliseconds(json["limitMs"]?.int64 ?? 600_000))
    }
}
