package import FleetModel

/// The end of a call, as the agent reports it.
package struct Done: Sendable, Equatable {
    package var id: String
    /// No error of any kind.
    package var ok: Bool
    /// False: refused before it ran.
    package var ran: Bool
    /// PowerShell's word: `Completed`, `Failed`, `Stopped`.
    package var state: String?
    /// Why it was stopped: `cancel`, `limit`, `eof`.
    package var why: String?
    package var out: [JSONValue]
    package var warnings: [String]
    package var errors: [ErrorData]
    package var milliseconds: Int64
    /// The agent's memory in bytes and its open handles, for rule A20.
    package var workingSet: Int64?
    package var handles: Int64?

    package init(
        id: String, ok: Bool, ran: Bool = true, state: String? = "Completed", why: String? = nil,
        out: [JSONValue] = [], warnings: [String] = [], errors: [ErrorData] = [], milliseconds: Int64 = 0,
        workingSet: Int64? = nil, handles: Int64? = nil
    ) {
        self.id = id
        self.ok = ok
        self.ran = ran
        self.state = state
        self.why = why
        self.out = out
        self.warnings = warnings
        self.errors = errors
        self.milliseconds = milliseconds
        self.workingSet = workingSet
        self.handles = handles
    }

    func write(to line: inout JSONLine) {
        line.member("id", id)
        line.member("ok", ok)
        line.member("ran", ran)
        line.member("state", state)
        line.member("why", why)
        line.key("out")
        line.array(out) { $0.value($1) }
        line.member("warn", warnings)
        line.key("err")
        line.array(errors) { $1.write(to: &$0) }
        line.member("ms", milliseconds)
        line.member("ws", workingSet)
        line.member("handles", handles)
    }

    init(_ json: JSONValue) throws {
        guard let ok = json["ok"]?.flag, let ran = json["ran"]?.flag else {
            throw AgentProtocolError(.unreadable, "'ok' or 'ran' is missing")
        }
        self.init(
            id: try json.identifier(), ok: ok, ran: ran, state: json["state"]?.text, why: json["why"]?.text,
            out: json["out"]?.items ?? [], warnings: json["warn"]?.texts ?? [],
            errors: (json["err"]?.items ?? []).map(ErrorData.init), milliseconds: json["ms"]?.int64 ?? 0,
            workingSet: json["ws"]?.int64, handles: json["handles"]?.int64)
    }
}

/// One error record with its chain of exceptions.
package struct ErrorData: Sendable, Equatable {
    /// A .NET exception: its type's full name, and its HRESULT as `0x80070056`.
    package struct Exception: Sendable, Equatable {
        package var type: String
        package var hresult: String

        package init(type: String, hresult: String) {
            self.type = type
            self.hresult = hresult
        }
    }

    package var message: String
    package var terminating: Bool
    /// `FullyQualifiedErrorId`.
    package var id: String?
    package var category: String?
    package var target: String?
    package var stack: String?
    /// From the outermost to the innermost.
    package var exceptions: [Exception]

    package init(
        message: String, terminating: Bool = true, id: String? = nil, category: String? = nil, target: String? = nil,
        stack: String? = nil, exceptions: [Exception] = []
    ) {
        self.message = message
        self.terminating = terminating
        self.id = id
        self.category = category
        self.target = target
        self.stack = stack
        self.exceptions = exceptions
    }

    func write(to line: inout JSONLine) {
        line.object { line in
            line.member("message", message)
            line.member("terminating", terminating)
            line.member("id", id)
            line.member("category", category)
            line.member("target", target)
            line.member("stack", stack)
            line.key("exceptions")
            line.array(exceptions) { line, exception in
                line.object { line in
                    line.member("type", exception.type)
                    line.member("hresult", exception.hresult)
                }
            }
        }
    }

    /// Reads tolerantly: an error report must not fail for a missing field.
    init(_ json: JSONValue) {
        self.init(
            message: json["message"]?.text ?? "", terminating: json["terminating"]?.flag ?? false,
            id: json["id"]?.text, category: json["category"]?.text, target: json["target"]?.text,
            stack: json["stack"]?.text,
            exceptions: (json["exceptions"]?.items ?? []).map {
                Exception(type: $0["type"]?.text ?? "", hresult: $0["hresult"]?.text ?? "")
            })
    }
}
