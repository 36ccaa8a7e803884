package import FleetModel

/// An error as the terminal shows it.
package enum FaultText {
    /// The host first, then what happened and the code; the details; then the hint, which can be typed:
    ///
    ///     ex01: host key differs from inventory/known_hosts line 12 [ssh.host-key-changed]
    ///       hint: if the server was rebuilt, run: certfleet hostkeys approve ex01
    package static func lines(_ fault: Fault, indent: String = "") -> [String] {
        let host = fault.host.map { "\($0): " } ?? ""
        return ["\(indent)\(host)\(fault.message) [\(fault.code)]".cleaned] + more(fault, indent: indent + "  ")
    }

    /// Details and hint, without the first line.
    static func more(_ fault: Fault, indent: String) -> [String] {
        (fault.details + (fault.hint.map { ["hint: \($0)"] } ?? [])).map { (indent + $0).cleaned }
    }

    /// True when both tell the same mishap; the one may know more details than the other.
    static func same(_ first: Fault, _ second: Fault) -> Bool {
        first.code == second.code && first.message == second.message && first.host == second.host
    }

    /// The same lines as one text, without a newline at the end.
    package static func text(_ fault: Fault) -> String {
        lines(fault).joined(separator: "\n")
    }

    /// `{"code","kind","host","message","hint","details"}`; absent where there is nothing to say.
    package static func json(_ fault: Fault) -> JSONValue {
        .object([
            "code": .string(fault.code), "kind": .string(fault.kind.rawValue), "message": .string(fault.message),
            "host": .optional(fault.host), "hint": .optional(fault.hint),
            "details": .array(fault.details.map(JSONValue.string)),
        ])
    }
}
