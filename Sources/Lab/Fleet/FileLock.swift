import Glibc
import Synchronization

/// A lock on a file, held until the last owner lets go or the process ends.
final class FileLock: Sendable {
    private let descriptor: Int32
    private let isReleased = Atomic(false)

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { release() }

    /// Lets go before the last owner does.
    func release() {
        if isReleased.exchange(true, ordering: .relaxed) { return }
        // A child that is just being started shares the open file until it runs its program, and the lock is the file's
        // (flock(2)): to close it here would not be enough.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Whether nobody holds it at this moment.
    static func isFree(_ path: String) throws -> Bool { try take(path) != nil }

    /// - Parameter waits: Blocks the calling thread until the lock is free; otherwise `nil` when it is not.
    static func take(_ path: String, waits: Bool = false) throws -> FileLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LabError(.system, "cannot lock \(path)", number: errno) }
        while flock(descriptor, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
            if errno == EINTR { continue }
            let number = errno
            close(descriptor)
            if number == EWOULDBLOCK { return nil }
            throw LabError(.system, "cannot lock \(path)", number: number)
        }
        return FileLock(descriptor)
    }
}
