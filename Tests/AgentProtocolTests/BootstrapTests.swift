import AgentProtocol
import FoundationEssentials
import Testing

struct BootstrapTests {
    @Test func `the command line is the constant of 1302 characters that windows knows`() throws {
        #expect(Bootstrap.text.count == 454)
        #expect(Bootstrap.commandLine.utf8.count == 1302)
        #expect(!Bootstrap.text.contains("$input"))
        let words = Bootstrap.commandLine.split(separator: " ")
        #expect(
            words.dropLast().joined(separator: " ")
                == "powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand")
        let data = try #require(Data(base64Encoded: String(words[7])))
        let units = stride(from: 0, to: data.count, by: 2).map { UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8 }
        #expect(String(decoding: units, as: UTF16.self) == Bootstrap.text)
        #expect(words[7].hasPrefix("J"))
    }

    @Test func `a delivered script comes out as it went in`() throws {
        let script = "Write-Output 'caf\u{E9}'\n"
        var scanner = LineScanner()
        let lines = try scanner.feed(ScriptDelivery.bytes(of: script))
        #expect(lines.count == 2)
        #expect(try ScriptDelivery.script(lengthLine: lines[0], scriptLine: lines[1]) == script)
    }

    @Test(arguments: [("x", "QQ=="), ("3", "QQ=="), ("4", "Q==="), ("4", "/w==")])
    func `a script that the bootstrap would not take is refused`(length: String, text: String) {
        #expect {
            try ScriptDelivery.script(lengthLine: Array(length.utf8), scriptLine: Array(text.utf8))
        } throws: {
            ($0 as? AgentProtocolError)?.code == .badScript
        }
    }
}
