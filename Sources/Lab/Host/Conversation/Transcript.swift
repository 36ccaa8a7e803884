import FoundationEssentials
import Glibc

/// A file with every byte that a connection received, secrets included: for replaying it into the real agent.
final class Transcript: Sendable {
    private let descriptor: Int32

    /// A new file in the folder, named after host, time and process; readable by its owner only.
    init?(folder: String, host: String, now: Date) {
        mkdir(folder, 0o700)
        let time = now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)).filter { $0 != ":" }
        var random = SystemRandomNumberGenerator()
        let tag = String(UInt32(truncatingIfNeeded: random.next()), radix: 36)
        let path = "\(folder)/\(host)-\(time)-\(getpid())-\(tag).in"
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
