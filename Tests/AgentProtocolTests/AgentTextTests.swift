import AgentProtocol
import FleetModel
import FoundationEssentials
import Templates
import Testing

struct AgentTextTests {
    let text: String

    init() throws { text = try #require(Templates.text("agent.ps1")) }

    @Test func `the agent is ascii with plain line ends and fits its one line`() {
        #expect(text.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
        #expect(!text.contains("\"\"\"#") && text.hasSuffix("\n"))
        #expect(ScriptDelivery.bytes(of: text).count < AgentLimits.line)
    }

    @Test func `quotes and brackets of the agent are in balance`() {
        #expect(PowerShellText(text).mistakes == [])
    }

    @Test(arguments: [
        ("if ($a) { 'x' ", ["'{' of line 1 is not closed"]), ("\n'x", ["the quote of line 2 is not closed"]),
        ("\"$(f \")\")", ["the quote of line 1 is not closed"]), ("f('a''b', \"c`\"d\") # )'", []),
        ("(])", ["']' of line 1 closes nothing"]), ("\"a$('}')b\"", []),
    ])
    func `the test of balance sees what it should`(text: String, mistakes: [String]) {
        #expect(PowerShellText(text).mistakes == mistakes)
    }

    @Test func `the agent keeps the idioms that were proven`() {
        let code = String(PowerShellText(text).code)
        #expect(!code.contains("$script:") && !code.contains("$global:"))
        for word in [
            "Invoke-Expression", "Add-Type", "ConvertTo-Json ", "Write-Host", "$input", "??",
            "ForEach-Object -Parallel",
        ] {
            #expect(!code.contains(word), "\(word)")
        }
        // `exit` would wait for a pipeline that cannot be stopped.
        #expect(code.matches(of: /(?m)(^|[;{]\s*)exit\b/).isEmpty)
        #expect(!text.contains("#functions#"))
    }

    @Test func `every frame of the protocol is known to the agent`() {
        for kind in ["hello", "done", "progress", "pong", "busy", "stuck", "dead", "kept", "error", "bye"] {
            #expect(text.contains("k = '\(kind)'"), "\(kind)")
        }
        for kind in ["ping", "invoke", "cancel", "put", "drop", "bye"] {
            #expect(text.contains(try! Regex("\n        '\(kind)' +\\{")), "\(kind)")
        }
        for key in ["nonce", "allow", "echo", "silenceMs", "stuckMs", "deadMs", "holdMs"] {
            #expect(text.contains("$state.Start['\(key)']"), "\(key)")
        }
        for code in AgentExit.allCases where (93...96).contains(code.rawValue) {
            #expect(text.contains("Stop-Agent \(code.rawValue)"))
        }
    }
}

/// What `templates/signatures/agent.json` says, and what the `param` blocks of the agent say.
struct AgentSignatureTests {
    struct Parameter: Decodable, Equatable {
        var name: String
        var type: String
        var mandatory: Bool
        var position: Int?
        var `switch`: Bool?
    }

    struct File: Decodable {
        struct Cmdlet: Decodable {
            var name: String
            var module: String
            var parameterSets: [String: [Parameter]]
        }
        var cmdlets: [Cmdlet]
    }

    let text: String
    let file: File

    init() throws {
        text = try #require(Templates.text("agent.ps1"))
        let json = try #require(Templates.text("signatures/agent.json"))
        file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
    }

    @Test func `the signatures are those of the exported functions, no more and no fewer`() throws {
        let list = try #require(text.firstMatch(of: /Export-ModuleMember -Function ([^}]*)\n}/))
        let exported = list.1.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
        #expect(file.cmdlets.map(\.name) == exported.sorted())
        #expect(file.cmdlets.allSatisfy { $0.module == "Certfleet" && Array($0.parameterSets.keys) == ["Default"] })
    }

    @Test func `each signature is its function's param block`() throws {
        for cmdlet in file.cmdlets {
            #expect(try parameters(of: cmdlet.name) == cmdlet.parameterSets["Default"], "\(cmdlet.name)")
        }
    }

    /// Reads `param( … )` of an advanced function: attribute, type, name, default.
    private func parameters(of function: String) throws -> [Parameter] {
        let start = try #require(text.firstRange(of: "\nfunction \(function) {\n"))
        let block = try #require(text[start.upperBound...].firstRange(of: "    [CmdletBinding()]\n    param("))
        // The block must be the function's own, not one further down.
        #expect(!text[start.upperBound..<block.lowerBound].contains("\nfunction "), "\(function)")
        var result: [Parameter] = []
        var position = 0
        for piece in pieces(of: text[block.upperBound...]) {
            let match = try #require(
                piece.wholeMatch(
                    of: /\s*(\[Parameter\(Mandatory = \$true\)\])?\[([A-Za-z.]+(?:\[\])?)\]\$(\w+)(?: = .*)?/),
                "\(function): \(piece)")
            let isSwitch = match.2 == "switch"
            result.append(
                Parameter(
                    name: String(match.3), type: try #require(Self.types[String(match.2)], "\(match.2)"),
                    mandatory: match.1 != nil, position: isSwitch ? nil : position, switch: isSwitch ? true : nil))
            if !isSwitch { position += 1 }
        }
        return result
    }

    /// The parts between commas up to the closing bracket of the block.
    private func pieces(of block: Substring) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var depth = 0
        for character in block {
            if depth == 0, character == ")" { break }
            if "([".contains(character) { depth += 1 }
            if ")]".contains(character) { depth -= 1 }
            if depth == 0, character == "," {
                pieces.append(piece)
                piece = ""
            } else {
                piece.append(character)
            }
        }
        return piece.allSatisfy(\.isWhitespace) ? pieces : pieces + [piece]
    }

    private static let types = [
        "string": "String", "string[]": "String[]", "byte[]": "Byte[]", "int": "Int32", "int[]": "Int32[]",
        "switch": "SwitchParameter", "datetime": "DateTime", "Security.SecureString": "SecureString",
    ]
}
