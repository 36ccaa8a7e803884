import AgentProtocol
import FleetModel
import Synchronization

@testable import RemoteAgent

/// An agent in memory behind an ``AgentPipe``: it takes script and start line as the real one does, then answers each
/// frame as its script says.
final class MemoryAgent: Sendable {
    /// What it does upon a frame; `nil` stands for the start line.
    typealias Behaviour = @Sendable (CoordinatorFrame?, StartLine) -> [Deed]

    enum Deed: Sendable {
        case say(AgentFrame)
        case print(String)
        case complain(String)
        case exit(Int32?)
    }

    private struct State {
        var lines = LineScanner()
        var received: [[UInt8]] = []
        var start: StartLine?
        var frames: [CoordinatorFrame] = []
        var closed = false
    }

    private let state = Mutex(State())
    private let output: AsyncStream<AgentPipe.Chunk>
    private let sink: AsyncStream<AgentPipe.Chunk>.Continuation
    private let behaviour: Behaviour
    /// The size of the pieces in which its output arrives.
    private let piece: Int

    init(piece: Int = 7, _ behaviour: @escaping Behaviour) {
        self.behaviour = behaviour
        self.piece = piece
        (output, sink) = AsyncStream.makeStream()
    }

    var frames: [CoordinatorFrame] { state.withLock { $0.frames } }
    var start: StartLine? { state.withLock { $0.start } }
    var isClosed: Bool { state.withLock { $0.closed } }

    var pipe: AgentPipe {
        AgentPipe(
            read: { [self] in await output.first { _ in true } ?? .end(exitStatus: nil) },
            write: { [self] in try take($0) },
            close: { [self] in
                state.withLock { $0.closed = true }
                sink.finish()
            })
    }

    func act(_ deeds: [Deed]) {
        let nonce = start?.nonce ?? ""
        for deed in deeds {
            switch deed {
            case .say(let frame): give((try? frame.framed(nonce: nonce)) ?? [])
            case .print(let text): give(Array(text.utf8))
            case .complain(let text): sink.yield(.errors(Array(text.utf8)))
            case .exit(let status): sink.yield(.end(exitStatus: status))
            }
        }
    }

    private func give(_ bytes: [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: piece) {
            sink.yield(.output(Array(bytes[start..<min(start + piece, bytes.count)])))
        }
    }

    private func take(_ bytes: [UInt8]) throws {
        let deeds = try state.withLock { state in
            var deeds: [(CoordinatorFrame?, StartLine)] = []
            for line in try state.lines.feed(bytes) {
                state.received.append(line)
                if state.received.count == 2 {
                    _ = try ScriptDelivery.script(lengthLine: state.received[0], scriptLine: line)
                } else if state.received.count == 3 {
                    state.start = try StartLine(line: line)
                    if let start = state.start { deeds.append((nil, start)) }
                } else if let start = state.start {
                    let frame = try CoordinatorFrame(line: line)
                    state.frames.append(frame)
                    deeds.append((frame, start))
                }
            }
            return deeds
        }
        for (frame, start) in deeds { act(behaviour(frame, start)) }
    }

    /// Greets, answers each call with its command's name, pongs, and says goodbye.
    static let polite: Behaviour = { frame, start in
        switch frame {
        case nil:
            var hello = Dialogue.hello
            hello.echo = start.echo
            return [.print("profile\n"), .say(.hello(hello))]
        case .ping(let id): return [.say(.pong(id: id))]
        case .invoke(let call):
            let known = start.allow.contains(call.command)
            return [.say(.done(Done(id: call.id, ok: known, out: [.string(call.command)])))]
        case .put(let blob, let data): return [.say(.kept(blob: blob, bytes: Int64(data.count)))]
        case .bye: return [.say(.bye(noise: "")), .exit(0)]
        case .cancel(let id): return [.say(.done(Done(id: id, ok: false, state: "Stopped", why: "cancel")))]
        case .drop: return []
        }
    }
}
