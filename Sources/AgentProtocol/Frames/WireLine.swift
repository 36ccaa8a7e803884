/// One line on its way to the agent, ready to be written, line end included.
///
/// It may hold a secret, so it prints as its length only.
package struct WireLine: Sendable, CustomStringConvertible, CustomReflectable {
    package let bytes: [UInt8]

    /// - Throws: ``AgentProtocolError`` `oversize`.
    init(_ json: JSONLine) throws {
        guard json.bytes.count <= AgentLimits.line else {
            throw AgentProtocolError(.oversize, "a line of \(json.bytes.count) bytes")
        }
        bytes = json.bytes + [0x0A]
    }

    package var description: String { "line of \(bytes.count) bytes" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
