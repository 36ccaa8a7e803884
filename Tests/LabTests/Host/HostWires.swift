import AgentProtocol
import CmdletSignatures
import Dispatch
import FleetModel
import FoundationEssentials
import Glibc
import RemoteAgent
import Synchronization

@testable import Lab

/// A simulated host on three pipes, as sshd would start it, and the coordinator's ends of them.
final class HostWires: Sendable {
    static let script = "param([IO.TextReader]$Reader)\n# an agent's text \u{E9}\n"

    let ended: Task<Int32, Never>
    /// Keeps the host's folder for as long as the wires.
    private let bench: LabBench
    private let toHost: Mutex<Int32?>
    private let chunks: AsyncStream<AgentPipe.Chunk>
    private let writing = DispatchQueue(label: "test.wires")

    init(
        _ bench: LabBench, command: String? = Bootstrap.commandLine, timing: LabTiming = .quick,
        cut: @escaping @Sendable () -> Bool = { false }
    ) throws {
        let (input, output, errors) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
        toHost = Mutex(input.write)
        self.bench = bench
        var host = LabHost(folder: bench.state.folder, agentScript: Self.script, signatures: LabBench.signatures)
        host.timing = timing
        host.cut = cut
        ended = Task { [host] in
            let code = await host.run(
                originalCommand: command,
                on: HostChannel(input: input.read, output: output.write, error: errors.write))
            for end in [input.read, output.write, errors.write] { close(end) }
            return code
        }
        let (chunks, post) = AsyncStream.makeStream(of: AgentPipe.Chunk.self)
        self.chunks = chunks
        let group = DispatchGroup()
        for (end, make) in [
            (output.read, AgentPipe.Chunk.output), (errors.read, AgentPipe.Chunk.errors),
        ] as [(Int32, @Sendable ([UInt8]) -> AgentPipe.Chunk)] {
            group.enter()
            DispatchQueue(label: "test.read").async {
                var piece = [UInt8](repeating: 0, count: 65_536)
                while case let count = read(end, &piece, piece.count), count > 0 {
                    post.yield(make(Array(piece[..<count])))
                }
                close(end)
                group.leave()
            }
        }
        group.notify(queue: .global()) {
            post.yield(.end(exitStatus: nil))
            post.finish()
        }
    }

    /// The wires as the coordinator's session takes them.
    var pipe: AgentPipe {
        let source = Chunks(chunks)
        return AgentPipe(
            read: { await source.next() }, write: { await self.write($0) }, close: { self.closeInput() })
    }

    func write(_ bytes: [UInt8]) async {
        await withCheckedContinuation { continuation in
            writing.async { [self] in
                toHost.withLock { descriptor in
                    var rest = bytes[...]
                    while let descriptor, !rest.isEmpty {
                        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                        if count <= 0 { break }
                        rest = rest.dropFirst(count)
                    }
                }
                continuation.resume()
            }
        }
    }

    /// Once; later calls do nothing.
    func closeInput() {
        writing.async { [self] in
            toHost.withLock { descriptor in
                if let descriptor { close(descriptor) }
                descriptor = nil
            }
        }
    }

    /// Everything that it said until its end, standard output and standard error together.
    func everything() async -> String {
        var bytes: [UInt8] = []
        for await chunk in chunks {
            switch chunk {
            case .output(let more), .errors(let more): bytes += more
            case .end: break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw ScratchError(number: errno) }
        return (ends[0], ends[1])
    }

    /// One reader at a time, in order.
    private actor Chunks {
        private var iterator: AsyncStream<AgentPipe.Chunk>.Iterator
        init(_ stream: AsyncStream<AgentPipe.Chunk>) { iterator = stream.makeAsyncIterator() }

        func next() async -> AgentPipe.Chunk {
            var own = iterator
            let chunk = await own.next(isolation: self)
            iterator = own
            return chunk ?? .end(exitStatus: nil)
        }
    }
}

extension LabTiming {
    /// Pauses are over at once, the grace too: what takes seconds in the lab takes none here. Limits stay as they are.
    static let quick: LabTiming = {
        var timing = LabTiming()
        timing.pause = { duration in
            try await Task.sleep(for: duration > .seconds(5) ? duration : .milliseconds(20))
        }
        return timing
    }()
}
