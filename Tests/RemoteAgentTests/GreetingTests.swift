import AgentProtocol
import FleetModel
import FoundationEssentials
import Testing

@testable import RemoteAgent

struct GreetingTests {
    @Test func `the script goes first, then the start line with the nonce and the commands of the run`() throws {
        var settings = Dialogue.settings
        settings.module = .snapin("E2010")
        let actions = try Conversation(settings: settings, nonce: Dialogue.nonce).opening()
        let bytes = actions.flatMap { action -> [UInt8] in if case .write(let bytes) = action { bytes } else { [] } }
        var scanner = LineScanner()
        let lines = try scanner.feed(bytes)
        #expect(try ScriptDelivery.script(lengthLine: lines[0], scriptLine: lines[1]) == "'agent'")
        let start = try StartLine(line: lines[2])
        #expect(start.nonce == Dialogue.nonce)
        #expect(
            start.allow == [
                "Lync\\Get-CsCertificate", "Lync\\Set-CsCertificate", "Microsoft.PowerShell.Core\\Add-PSSnapin",
            ])
        #expect(start.echo == "\u{E9}\u{20AC}\u{1F600}")
    }

    @Test func `a greeting makes the session ready at once when there is nothing to import`() {
        var dialogue = Dialogue()
        #expect(dialogue.hear(.hello(Dialogue.hello)) == [.ready])
        #expect(dialogue.conversation.warnings.isEmpty)
    }

    @Test func `the product's module is imported before any call`() {
        var settings = Dialogue.settings
        settings.module = .module("Lync")
        var dialogue = Dialogue(settings)
        #expect(dialogue.invoke(1) == [])
        #expect(dialogue.hear(.hello(Dialogue.hello)) == [.sent("invoke Microsoft.PowerShell.Core\\Import-Module")])
        #expect(
            dialogue.hear(.done(Done(id: "module", ok: true))) == [.ready, .sent("invoke Lync\\Get-CsCertificate")])
    }

    @Test func `a module that does not load is named and the agent sent home`() {
        var settings = Dialogue.settings
        settings.module = .module("SkypeForBusiness")
        var dialogue = Dialogue(settings)
        _ = dialogue.hear(.hello(Dialogue.hello))
        let error = ErrorData(message: "not found", id: "Modules_ModuleNotFound,Import-Module")
        #expect(
            dialogue.hear(.done(Done(id: "module", ok: false, errors: [error]))) == [
                .failed("agent.module"), .sent("bye"),
            ])
        let fault = dialogue.conversation.endFault
        #expect(fault?.kind == .failed)
        #expect(fault?.message == "SkypeForBusiness cannot be loaded on this server: not found")
        #expect(dialogue.hear(.bye(noise: "")) == [])
        #expect(dialogue.tell(.end(exitStatus: 0)) == [.closePipe])
    }

    @Test func `no greeting in time is unreachable`() {
        var dialogue = Dialogue()
        dialogue.now = .seconds(59)
        #expect(dialogue.tell(.tick) == [])
        #expect(dialogue.wait() == [.failed("agent.no-hello"), .closePipe])
        #expect(dialogue.now == .seconds(60))
        #expect(dialogue.conversation.endFault?.kind == .unreachable)
        #expect(dialogue.conversation.endFault?.message == "no answer from the agent in 1m (stdin not delivered?)")
        #expect(dialogue.conversation.ending == .refused)
    }

    @Test func `a shell without powershell is told in its own words`() {
        var dialogue = Dialogue()
        let text =
            Array("'powershell.exe' n'est pas reconnu en tant que programme ex".utf8) + [0x82]
            + Array("cutable\r\n".utf8)
        for byte in text { _ = dialogue.tell(.errors([byte])) }
        #expect(dialogue.tell(.end(exitStatus: 1)) == [.failed("agent.not-started"), .closePipe])
        #expect(
            dialogue.conversation.endFault?.message
                == "PowerShell did not start: 'powershell.exe' n'est pas reconnu en tant que programme ex\u{E9}cutable")
    }

    @Test func `constrained language is recognised by its error id, wrapped or not`() {
        var dialogue = Dialogue()
        let xml =
            "#< CLIXML\r\n<Objs><S S=\"Error\">refus_x00E9__x000D__x000A_+ FullyQualifiedErrorId : CannotCreateTypeConstr_x000D__x000A_  ainedLanguage</S></Objs>"
        _ = dialogue.tell(.errors(Array(xml.utf8)))
        _ = dialogue.tell(.end(exitStatus: 1))
        #expect(
            dialogue.conversation.endFault?.message
                == "PowerShell runs in ConstrainedLanguage mode (application control)")
    }

    @Test func `a silent death before the greeting suggests antivirus`() {
        var dialogue = Dialogue()
        _ = dialogue.tell(.end(exitStatus: 0))
        #expect(dialogue.conversation.endFault?.message == "PowerShell ended while reading our script; antivirus?")
        #expect(dialogue.conversation.endFault?.hint?.contains("certfleet version --json") == true)
    }

    @Test func `a line that breaks before the greeting is unreachable, not unknown`() {
        var dialogue = Dialogue()
        #expect(dialogue.tell(.broken("reset by peer")) == [.failed("agent.not-started"), .closePipe])
        #expect(dialogue.conversation.endFault?.kind == .unreachable)
    }

    @Test func `a broken import leaves nothing unknown`() {
        var settings = Dialogue.settings
        settings.module = .module("Lync")
        var dialogue = Dialogue(settings)
        _ = dialogue.hear(.hello(Dialogue.hello))
        #expect(dialogue.tell(.broken("reset by peer")) == [.failed("agent.lost"), .closePipe])
        #expect(dialogue.conversation.endFault?.kind == .unreachable)
    }

    @Test(arguments: [
        ("ps", "agent.powershell-too-old"), ("echo", "agent.echo"), ("mode", "agent.not-started"),
        ("broken", "agent.not-started"), ("v", "agent.protocol"), ("holder", "agent.held"),
    ])
    func `a greeting that is no good ends the conversation`(what: String, code: String) {
        var hello = Dialogue.hello
        var settings = Dialogue.settings
        switch what {
        case "ps": hello.powerShell = "2.0"
        case "echo": hello.echo = "\u{201A}"
        case "mode": hello.languageMode = "ConstrainedLanguage"
        case "broken": hello.broken = ["no such type"]
        case "v": hello.version = 2
        default:
            hello.holder = Hello.Holder(pid: 4312, since: "2026-01-31T10:00:00Z")
            settings.refuseWhenHeld = true
        }
        var dialogue = Dialogue(settings)
        #expect(dialogue.hear(.hello(hello)) == [.failed(code), .closePipe])
        #expect(dialogue.conversation.endFault?.kind != .lost)
    }

    @Test func `an old powershell is refused with the version it has`() {
        var hello = Hello()
        hello.powerShell = "2.0"
        var dialogue = Dialogue()
        _ = dialogue.hear(.hello(hello))
        #expect(
            dialogue.conversation.endFault?.message == "PowerShell 3.0 or later is needed here; this server has 2.0")
    }

    @Test func `a holder is reported and not refused unless asked`() {
        var hello = Dialogue.hello
        hello.holder = Hello.Holder(pid: 4312, since: "2026-01-31T10:00:00Z")
        var dialogue = Dialogue()
        #expect(dialogue.hear(.hello(hello)) == [.ready])
        #expect(
            Fault.held(by: hello.holder?.text ?? "").message
                == "another certfleet agent (process 4312 since 2026-01-31T10:00:00Z) holds this server")
    }

    @Test func `a clock that is off and a profile that prints are warnings`() {
        var hello = Dialogue.hello
        hello.utc = "2026-01-31T10:30:30.0000000Z"
        var dialogue = Dialogue()
        _ = dialogue.tell(.output(Array("Welcome to \u{1B}[1mCORP\u{1B}[0m\r\n".utf8)))
        #expect(dialogue.hear(.hello(hello)) == [.ready])
        #expect(dialogue.conversation.warnings.map(\.code) == ["agent.noise", "agent.clock"])
        #expect(dialogue.conversation.warnings[0].details == ["Welcome to CORP"])
        #expect(dialogue.conversation.warnings[1].message.contains("10m ahead"))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-01-31T10:20:30.1234567Z", 1_769_854_830),
        ("2024-02-29T23:59:59.9Z", 1_709_251_199), ("2000-03-01T00:00:00Z", 951_868_800),
    ])
    func `times of the round-trip form are read`(text: String, seconds: Int) {
        #expect(secondsSince1970(utc: text) == seconds)
    }

    @Test(arguments: [
        "", "T", "Z", "2026-01-31T10:20:30+01:00", "2026-13-01T00:00:00Z", "99999999999999999999-01-01T00:00:00Z",
        "a-b-cTd:e:fZ",
    ])
    func `other forms are not`(text: String) {
        #expect(secondsSince1970(utc: text) == nil)
    }
}
