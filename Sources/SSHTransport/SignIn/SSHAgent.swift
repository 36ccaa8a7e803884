import CLinux
import Glibc

/// An ssh-agent behind a Unix socket: lists its keys and signs with them (draft-miller-ssh-agent).
///
/// libssh2 has a client of its own, but that one blocks its thread, for as long as somebody is asked to confirm. Here
/// each request is a connection of its own, on a queue for such things, and is given up after 20 seconds.
struct SSHAgent: Sendable {
    let socket: String

    private enum Message {
        static let listRequest: UInt8 = 11
        static let listAnswer: UInt8 = 12
        static let signRequest: UInt8 = 13
        static let signAnswer: UInt8 = 14
    }

    private static let answerLimit = 256 << 10

    func keys() async throws -> [HostKey] {
        let answer = try await ask([Message.listRequest], expecting: Message.listAnswer)
        var reader = WireReader(answer)
        guard let count = reader.number(), count <= 1000 else { throw problem("its list of keys cannot be read") }
        var keys: [HostKey] = []
        for _ in 0..<count {
            guard let blob = reader.string(), reader.string() != nil else {
                throw problem("its list of keys cannot be read")
            }
            if let key = HostKey(blob: blob) { keys.append(key) }
        }
        return keys
    }

    /// The signature without its outer string and type, as libssh2 wants it.
    func sign(_ data: [UInt8], with key: HostKey) async throws -> [UInt8] {
        let request =
            [Message.signRequest] + WireReader.string(key.blob) + WireReader.string(data) + WireReader.number(0)
        let answer = try await ask(request, expecting: Message.signAnswer)
        var outer = WireReader(answer)
        var inner = WireReader(outer.string() ?? [])
        guard inner.string() != nil, let signature = inner.string() else {
            throw problem("its signature cannot be read")
        }
        return signature
    }

    private func problem(_ message: String, _ number: Int32 = 0) -> SSHError {
        SSHError(.keyUnusable, "sign-in", "ssh-agent: \(message)", number: number)
    }

    private func ask(_ request: [UInt8], expecting kind: UInt8) async throws -> [UInt8] {
        try await BlockingWork.keys.run {
            let descriptor = try connect()
            defer { close(descriptor) }
            try send(WireReader.string(request), to: descriptor)
            var header = WireReader(try receive(5, from: descriptor))
            guard let length = header.number(), length >= 1, Int(length) <= Self.answerLimit, let type = header.byte()
            else { throw problem("its answer cannot be read") }
            guard type == kind else { throw problem("it refused") }
            return try receive(Int(length) - 1, from: descriptor)
        }
    }

    private func connect() throws -> Int32 {
        guard !socket.isEmpty else { throw problem("no socket is named (SSH_AUTH_SOCK)") }
        do {
            return try UnixSocket.connect(to: socket, patience: 20)
        } catch let error {
            throw problem("cannot be reached: \(error.reason)", error.number)
        }
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw problem("it did not take the request", errno) }
            rest.removeFirst(count)
        }
    }

    private func receive(_ count: Int, from descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var buffer = [UInt8](repeating: 0, count: count - bytes.count)
            let read = recv(descriptor, &buffer, buffer.count, 0)
            if read < 0 && errno == EINTR { continue }
            guard read > 0 else { throw problem("it did not answer", read < 0 ? errno : 0) }
            bytes.append(contentsOf: buffer[..<read])
        }
        return bytes
    }
}
