import Templates
import Testing

@testable import Lab

struct ProcedureCommandTests {
    @Test func `every cmdlet that a procedure calls is played`() throws {
        var called: Set<String> = []
        for path in Templates.paths(below: "procedures") {
            let text = try #require(Templates.text(path))
            for match in text.matches(of: /(?m)^\s*(?:- )?call:\s*([A-Za-z]+-[A-Za-z]+)\s*$/) {
                called.insert(String(match.output.1))
            }
        }
        #expect(called.contains("Set-CsCertificate"))
        #expect(called.filter { CommandTable.command($0) == nil } == [])
    }

    @Test func `reads change nothing, and loading a module does not either`() {
        #expect(!CommandTable.changes("Get-CsCertificate") && !CommandTable.changes("Export-KeyBundle"))
        #expect(!CommandTable.changes("Import-Module") && !CommandTable.changes("Add-PSSnapin"))
        #expect(CommandTable.changes("Import-KeyBundle") && CommandTable.changes("Add-CertificateBundle"))
    }
}
