import Dispatch
import Glibc

/// The three streams of a simulated host: what comes in becomes events, what goes out is written in order.
///
/// Reading and writing have queues of their own; no cooperative thread waits for a pipe. The descriptors stay the
/// caller's.
package final class HostChannel: Sendable {
    let events: AsyncStream<HostEvent>
    let post: AsyncStream<HostEvent>.Continuation
    private let input: Int32
    private let output: Int32
    private let error: Int32
    // Made in init and cancelled once; Dispatch's own calls are safe from any thread.
    nonisolated(unsafe) private let source: any DispatchSourceRead
    private let writing = DispatchQueue(label: "lab.host.output")

    package init(input: Int32 = 0, output: Int32 = 1, error: Int32 = 2) {
        self.input = input
        self.output = output
        self.error = error
        (events, post) = AsyncStream.makeStream(of: HostEvent.self)
        source = DispatchSource.makeReadSource(
            fileDescriptor: input, queue: DispatchQueue(label: "lab.host.input"))
    }

    deinit {
        // Dispatch traps when a source that was never activated is let go, as after a refused command line.
        source.cancel()
        source.activate()
    }

    /// Starts reading; everything received goes into the transcript first.
    func start(transcript: Transcript?) {
        let (input, post, source) = (input, post, source)
        source.setEventHandler {
            // Dispatch tells a hang-up once, together with what is there to read, and then forgets the descriptor: so
            // everything is read, its end too.
            repeat {
                var piece = [UInt8](repeating: 0, count: 65_536)
                let count = read(input, &piece, piece.count)
                if count > 0 {
                    transcript?.append(piece[..<count])
                    post.yield(.bytes(Array(piece[..<count])))
                } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                    post.yield(.ended)
                    return source.cancel()
                }
            } while Self.hasMore(input)
        }
        source.resume()
    }

    private static func hasMore(_ input: Int32) -> Bool {
        var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    func stop() {
        source.cancel()
        post.finish()
    }

    func send(_ bytes: [UInt8]) { write(bytes, to: output) }

    func complain(_ text: String) { write(Array(text.utf8), to: error) }

    /// Leaves both outputs: the other side reads their end. The numbers stay taken, since they are the caller's to close.
    func hangUp() {
        let (output, error) = (output, error)
        writing.async {
            let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
            guard nowhere >= 0 else { return }
            dup2(nowhere, output)
            dup2(nowhere, error)
            close(nowhere)
        }
    }

    /// Returns when everything has been written.
    func drained() async {
        await withCheckedContinuation { continuation in writing.async { continuation.resume() } }
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        let post = post
        writing.async {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                // A broken output is the same news as an ended input.
                guard count >= 0 else { return _ = post.yield(.ended) }
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// What happens to a conversation.
enum HostEvent: Sendable {
    case bytes([UInt8])
    /// The coordinator's side is gone.
    case ended
    case called(CallOutcome)
    case progress(id: String, milliseconds: Int64)
    case overdue(id: String)
    /// Nothing was heard for as long as the start line allows; whether that is still so is looked up.
    case quiet
    /// The time that a cut call is given is over.
    case graceOver
}
