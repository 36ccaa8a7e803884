import Dispatch
import Glibc

/// The three streams of a simulated host: what comes in becomes events, what goes out is written in order.
///
/// Reading and writing have queues of their own; no cooperative thread waits for a pipe. The descriptors stay the
/// caller's.
package final class HostChannel: Sendable {
    let events: AsyncStream<HostEvent>
    let post: AsyncStream<HostEvent>.Continuation
    private let input: HostInput
    private let output: Int32
    private let error: Int32
    private let writing = DispatchQueue(label: "lab.host.output")

    package init(input: Int32 = 0, output: Int32 = 1, error: Int32 = 2) {
        self.input = HostInput(input)
        self.output = output
        self.error = error
        (events, post) = AsyncStream.makeStream(of: HostEvent.self)
    }

    deinit { input.stop() }

    /// Starts reading; everything received goes into the transcript first.
    func start(transcript: Transcript?) {
        input.start { [post] event in
            if case .bytes(let bytes) = event { transcript?.append(bytes[...]) }
            post.yield(event)
        }
    }

    func stop() {
        input.stop()
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
