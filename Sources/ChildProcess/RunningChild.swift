import CLinux
import Descriptors
import Dispatch
import Glibc
import Synchronization

/// A child that has been started and whose end can be awaited.
///
/// Its captured output is read all the time, so that it never waits for us. Letting go of the last reference ends
/// nothing: the child goes on, and its end is still collected.
package final class RunningChild: Sendable {
    /// The process id; it stays this child's until its end has been collected.
    package let pid: Int32

    private struct State {
        var output = CapturedBytes()
        var errors = CapturedBytes()
        var result: ChildResult?
        var waiting: [CheckedContinuation<ChildResult, Never>] = []
    }

    private let state = Mutex(State())

    /// Starts the program.
    ///
    /// - Throws: ``ChildProcessError`` when it is not found or cannot be started; nothing is left behind then.
    package static func start(_ command: ChildCommand) throws -> RunningChild {
        try start(command, openingHandle: linux_pidfd_open)
    }

    /// - Parameter openingHandle: Gives a descriptor that becomes readable at the end of a process, or a negative number.
    static func start(_ command: ChildCommand, openingHandle: (pid_t) -> Int32) throws -> RunningChild {
        let streams = try Streams(for: command)
        // All children of the process share one queue: everything on it is short and never blocks.
        guard let watch = DescriptorWatch.shared("certfleet.child") else {
            throw ChildProcessError(.notStarted, command.program, "no descriptor is left to watch it", number: EMFILE)
        }
        let child = RunningChild(pid: try command.spawn(on: streams))
        child.watch(streams.captured, openingHandle(child.pid), by: watch)
        return child
    }

    private init(pid: Int32) { self.pid = pid }

    /// Waits for the end of the child. May be called by several tasks, and after the end.
    ///
    /// Output still to be written by grandchildren that outlive the child is not waited for.
    package func wait() async -> ChildResult {
        await withCheckedContinuation { continuation in
            let result = state.withLock { state -> ChildResult? in
                if state.result == nil { state.waiting.append(continuation) }
                return state.result
            }
            if let result { continuation.resume(returning: result) }
        }
    }

    /// Asks the child to end (SIGTERM). Nothing happens when it has ended already.
    package func terminate() { send(SIGTERM) }

    /// Ends the child without asking (SIGKILL).
    package func kill() { send(SIGKILL) }

    private func send(_ signal: Int32) {
        state.withLock { state in
            // Not after its end was collected: the number may belong to another process by then.
            if state.result == nil { _ = Glibc.kill(pid, signal) }
        }
    }

    private func watch(_ captures: [Streams.Capture], _ handle: Int32, by watch: DescriptorWatch) {
        let ends = captures.map { capture in
            // The handler holds the descriptor, which closes when the watch has let go of both.
            watch.watch(capture.end.number) { [self] in
                if drain(capture) { $0.end() }
            }
        }
        let collect: @Sendable () -> Void = { [self] in
            for capture in captures { _ = drain(capture) }
            for end in ends { end?.end() }
            finish()
        }
        if handle >= 0 {
            let end = Descriptor(owning: handle)
            let watched = watch.watch(handle) {
                $0.end()
                collect()
                withExtendedLifetime(end) {}
            }
            if watched != nil { return }
        }
        // A kernel before 5.3, or a sandbox that forbids the call: one waiting thread for this child.
        let pid = pid
        DispatchQueue(label: "certfleet.child.wait").async {
            var info = siginfo_t()
            while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
            watch.queue.async(execute: collect)
        }
    }

    /// Reads what is there; true when no more can come.
    private func drain(_ capture: Streams.Capture) -> Bool {
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { buffer in
                let count = read(capture.end.number, buffer.baseAddress, buffer.count)
                guard count > 0 else { return count < 0 && errno == EINTR ? 1 : count < 0 && errno == EAGAIN ? -1 : 0 }
                state.withLock { state in
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                    if capture.isError {
                        state.errors.append(bytes, limit: capture.limit)
                    } else {
                        state.output.append(bytes, limit: capture.limit)
                    }
                }
                return count
            }
            if count <= 0 { return count == 0 }
        }
    }

    private func finish() {
        let waiting = state.withLock { state in
            var code: Int32 = 0
            var status: Int32 = 0
            // Under the lock, so that no signal can be sent between the collection of the status and its note.
            let failed = linux_wait_exit(pid, &code, &status) != 0
            let ending: ChildEnding =
                failed ? .unknown : code == Int32(CLD_EXITED) ? .exited(status) : .signalled(status)
            let result = ChildResult(ending: ending, output: state.output, errors: state.errors)
            state.result = result
            defer { state.waiting = [] }
            return state.waiting.map { ($0, result) }
        }
        for (continuation, result) in waiting { continuation.resume(returning: result) }
    }
}
