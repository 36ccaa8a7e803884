import CLinux
import Glibc

/// One of our ends of a child's streams, watched by a worker. It never blocks.
final class ProgramPipe {
    enum Portion {
        case bytes([UInt8])
        case again, end
    }

    let readiness: SocketReadiness
    private let worker: SSHWorker
    private var isOpen = true

    /// Takes the descriptor over.
    init(_ descriptor: Int32, on worker: SSHWorker) throws {
        do {
            readiness = try worker.watch(descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.worker = worker
    }

    /// What is there, up to 64 KiB.
    func read() -> Portion {
        guard isOpen else { return .end }
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(readiness.descriptor, &buffer, buffer.count)
            if count > 0 { return .bytes(Array(buffer[..<count])) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .again
            default: return .end
            }
        }
    }

    /// How many bytes were taken; nil when nobody reads any more.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard isOpen else { return nil }
        // No more than the socket holds.
        let bytes = Array(bytes.prefix(256 << 10))
        while true {
            let count = send(readiness.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: return nil
            }
        }
    }

    func endWriting() { if isOpen { shutdown(readiness.descriptor, Int32(SHUT_WR)) } }

    /// A second call does nothing.
    func close() {
        guard isOpen else { return }
        isOpen = false
        worker.forget(readiness)
        Glibc.close(readiness.descriptor)
        readiness.wakeAll()
    }

    /// Two ends: ours, which does not block, and a child's. Input is a socket, so that writing to a child that has gone
    /// is an error and not a signal.
    static func pair(forInput: Bool) throws -> (ours: Int32, childs: Int32) {
        var ends: [Int32] = [-1, -1]
        let failed =
            forInput
            ? socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
            : pipe2(&ends, O_CLOEXEC)
        guard failed == 0 else {
            throw SSHError(
                .libraryFailure, "start", "no pipe for the ssh program: \(errorText(errno))", number: errno)
        }
        _ = fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK)
        return (ends[0], ends[1])
    }
}
