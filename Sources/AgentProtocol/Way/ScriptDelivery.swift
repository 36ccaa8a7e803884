import FoundationEssentials

/// How the agent's text follows the bootstrap: `<n>\n`, n characters of base64, `\n`.
package enum ScriptDelivery {
    /// The bytes to send for a script.
    package static func bytes(of script: String) -> [UInt8] {
        let base64 = Data(script.utf8).base64EncodedString()
        return Array("\(base64.utf8.count)\n\(base64)\n".utf8)
    }

    /// Takes the two lines apart again and checks them, as the bootstrap would.
    ///
    /// - Returns: The script's text.
    /// - Throws: ``AgentProtocolError`` `badScript`.
    package static func script(lengthLine: [UInt8], scriptLine: [UInt8]) throws -> String {
        guard let length = Int(String(decoding: lengthLine, as: UTF8.self)), length >= 0 else {
            throw AgentProtocolError(.badScript, "the length line is no number")
        }
        guard length == scriptLine.count else {
            throw AgentProtocolError(.badScript, "the script has \(scriptLine.count) characters, announced \(length)")
        }
        guard let data = Data(base64Encoded: Data(scriptLine)) else {
            throw AgentProtocolError(.badScript, "the script is no base64")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw AgentProtocolError(.badScript, "the script is no UTF-8")
        }
        return text
    }
}
