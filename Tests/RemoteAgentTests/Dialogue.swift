import AgentProtocol
import FleetModel
import FoundationEssentials

@testable import RemoteAgent

/// A conversation held by hand: what the agent says goes in, what we would do comes out.
struct Dialogue {
    static let nonce = "0123456789abcdef0123456789abcdef"
    var conversation: Conversation
    var now = Duration.zero

    static var settings: AgentSettings {
        var settings = AgentSettings(
            script: "'agent'",
            commands: ["Get-CsCertificate": "Lync\\Get-CsCertificate", "Set-CsCertificate": "Lync\\Set-CsCertificate"],
            module: nil)
        settings.wallClock = { Date(timeIntervalSince1970: 1_769_854_830) }
        return settings
    }

    static var hello: Hello {
        var hello = Hello()
        hello.powerShell = "5.1.14393.0"
        hello.user = "CORP\\svc"
        hello.utc = "2026-01-31T10:20:31.1234567Z"
        hello.echo = StartLine.echoText
        return hello
    }

    init(_ settings: AgentSettings = Dialogue.settings) {
        conversation = Conversation(settings: settings, nonce: Self.nonce)
    }

    /// One that has been greeted.
    static func ready(_ settings: AgentSettings = Dialogue.settings) -> Dialogue {
        var dialogue = Dialogue(settings)
        _ = dialogue.hear(.hello(hello))
        return dialogue
    }

    mutating func hear(_ frames: AgentFrame...) -> [Heard] {
        let bytes = frames.flatMap { (try? $0.framed(nonce: Self.nonce)) ?? [] }
        return tell(.output(bytes))
    }

    mutating func tell(_ event: Conversation.Event) -> [Heard] {
        conversation.handle(event, at: now).map(Heard.init)
    }

    /// Waits until something is due, and looks.
    mutating func wait() -> [Heard] {
        now = conversation.deadline ?? now
        return tell(.tick)
    }

    mutating func invoke(_ ticket: Int, _ cmdlet: String = "Get-CsCertificate", step: String = "read") -> [Heard] {
        tell(.call(ticket, Self.call(cmdlet, step: step)))
    }

    static func call(_ cmdlet: String, step: String = "read") -> CmdletCall {
        CmdletCall(step: step, cmdlet: cmdlet, parameters: [], select: ["Thumbprint"], limit: .seconds(120))
    }
}

/// An action in a form that can be compared.
enum Heard: Equatable, CustomStringConvertible {
    case sent(String)
    case ready
    case failed(String)
    case done(Int, Bool)
    case fault(Int, String)
    case closePipe

    init(_ action: Conversation.Action) {
        switch action {
        case .write(let bytes):
            let text =
                switch try? CoordinatorFrame(line: bytes.dropLast()) {
                case .ping(let id): "ping \(id)"
                case .invoke(let call): "invoke \(call.command)"
                case .cancel(let id): "cancel \(id)"
                case .put(let blob, let data): "put \(blob) \(data.count)"
                case .drop(let blob): "drop \(blob)"
                case .bye: "bye"
                case nil: "?"
                }
            self = .sent(text)
        case .ready: self = .ready
        case .failed(let fault): self = .failed(fault.code)
        case .finish(let ticket, .success(let reply)): self = .done(ticket, reply.succeeded)
        case .finish(let ticket, .failure(let fault)): self = .fault(ticket, fault.code)
        case .closePipe: self = .closePipe
        }
    }

    var description: String {
        switch self {
        case .sent(let text): "sent \(text)"
        case .ready: "ready"
        case .failed(let code): "failed \(code)"
        case .done(let ticket, let ok): "done \(ticket) \(ok)"
        case .fault(let ticket, let code): "fault \(ticket) \(code)"
        case .closePipe: "closePipe"
        }
    }
}
