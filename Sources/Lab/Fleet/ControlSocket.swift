import Descriptors
import Dispatch
import FoundationEssentials
import Glibc

/// The daemon's ear: a socket in the lab's folder that takes one line and gives one back.
final class ControlSocket: Sendable {
    private let listener: Int32
    private let watched: DescriptorWatch.Watched
    private let arrival: AsyncStream<Int32>.Continuation
    private let path: String
    private static let queue = DispatchQueue(label: "certfleet.lab.control", attributes: .concurrent)

    /// Listens, and answers one caller after the other.
    ///
    /// - Parameter answer: Gets the line without its line feed.
    init(in folder: LabFolder, answer: @escaping @Sendable (String) async -> String) throws {
        let path = "\(folder.path)/\(Self.name)"
        unlink(path)
        let listener = try Self.socket(in: folder, "cannot listen on \(path)", bind)
        let (callers, arrival) = AsyncStream<Int32>.makeStream()
        guard chmod(path, 0o600) == 0, listen(listener, 16) == 0, fcntl(listener, F_SETFL, O_NONBLOCK) == 0,
            let watched = Self.watch?.watch(listener, { _ in Self.accept(on: listener, arrival) })
        else {
            let reason = errno
            close(listener)
            throw LabError(.system, "cannot listen on \(path)", number: reason)
        }
        (self.listener, self.watched, self.arrival, self.path) = (listener, watched, arrival, path)
        Task {
            for await caller in callers {
                if let line = await Self.line(from: caller, seconds: 2) {
                    Self.send(await answer(line), to: caller)
                }
                close(caller)
            }
        }
    }

    /// Nobody is let in any more; who is in gets an answer. Not to be called twice.
    func end() {
        unlink(path)
        watched.end()
        // In the watch's turn, since it may be letting somebody in.
        Self.watch?.queue.async { [listener, arrival] in
            close(listener)
            arrival.finish()
        }
    }

    private static var watch: DescriptorWatch? { .shared("certfleet.lab.control") }

    /// Lets in all who wait: each change is told once. Who comes when no descriptor is left waits for the next to come.
    private static func accept(on listener: Int32, _ arrival: AsyncStream<Int32>.Continuation) {
        while true {
            let caller = Glibc.accept(listener, nil, nil)
            if caller >= 0 {
                _ = fcntl(caller, F_SETFD, FD_CLOEXEC)
                arrival.yield(caller)
            } else if errno != EINTR && errno != ECONNABORTED {
                return
            }
        }
    }

    /// Asks the daemon and waits for its answer.
    ///
    /// - Throws: ``LabError`` `notUp` when nobody listens or no answer comes.
    static func ask(_ question: String, in folder: LabFolder) async throws -> String {
        let caller = try socket(in: folder, "the lab in \(folder.path) does not answer", connect)
        defer { close(caller) }
        send(question, to: caller)
        guard let answer = await line(from: caller, seconds: 30) else {
            throw LabError(.notUp, "the lab in \(folder.path) does not answer", hint: "its words are in \(folder.log)")
        }
        return answer
    }

    private static let name = "lab.sock"

    /// A socket's address has 108 bytes, a folder's path may have more: the way leads through its descriptor.
    private static func socket(
        in folder: LabFolder, _ failure: String, _ act: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let place = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(place) }
        guard number >= 0, place >= 0 else { throw LabError(.system, failure, number: errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            for (index, byte) in "/proc/self/fd/\(place)/\(name)".utf8.enumerated() { room[index] = byte }
        }
        let failed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                act(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard failed == 0 else {
            let reason = errno
            close(number)
            throw LabError(.notUp, failure, number: reason)
        }
        return number
    }

    private static func send(_ line: String, to caller: Int32) {
        let bytes = Array((line + "\n").utf8)
        // One short line fits every socket's buffer; a caller that has gone is no reason to stop.
        _ = Glibc.send(caller, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func line(from caller: Int32, seconds: Int) async -> String? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: SocketReading.line(caller, seconds: seconds)) }
        }
    }
}

/// Reads from blocking descriptors, on threads that may wait.
enum SocketReading {
    /// Bytes up to a line feed, at most 4096; `nil` when the other side ends or says nothing for so long.
    static func line(_ descriptor: Int32, seconds: Int) -> String? {
        var bytes: [UInt8] = []
        while bytes.count < 4096 {
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&ready, 1, Int32(seconds * 1000))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            var byte: UInt8 = 0
            let got = read(descriptor, &byte, 1)
            if got < 0 && errno == EINTR { continue }
            guard got == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }
}
