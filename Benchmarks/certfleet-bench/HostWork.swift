import Certificates
import FoundationEssentials
import SSHTransport

/// One host's share of the work, its outputs checked.
final class HostWork: Sendable {
    let arguments: BenchArguments
    /// The payload's SHA-256 in lower-case hex.
    let digest: String

    init(_ arguments: BenchArguments) {
        self.arguments = arguments
        digest = Digest.sha256(Data(arguments.payload)).lowercased()
    }

    struct WrongOutput: Error {
        let text: String
    }

    func run(on session: isolated SSHSession, host: String) async throws {
        switch arguments.work {
        case .command:
            let channel = try await session.openExec("/bin/echo ok")
            try await finish(channel, expecting: "ok\n")
        case .push:
            let file = "\(arguments.remoteFolder)/push-\(host)"
            let channel = try await session.openExec("umask 077; cat > \(file) && sha256sum \(file)")
            try await channel.write(arguments.payload)
            try await channel.closeInput()
            try await finish(channel, expecting: "\(digest)  \(file)\n")
        case .steps, .slowSteps, .slowShell:
            try await count(session)
        }
    }

    /// The steps go through the standard input of one shell, as an agent's calls do.
    private nonisolated(nonsending) func count(_ session: SSHSession) async throws {
        let pause = arguments.work == .slowSteps ? "sleep 0.1; " : ""
        let channel = try await session.openExec(
            arguments.work == .slowShell ? "sleep 0.5; exec /bin/sh" : "exec /bin/sh")
        let command = Array("\(pause)/usr/bin/expr ".utf8)
        let end = Array(" + 1\n".utf8)
        var value = Array("0".utf8)
        var step = command
        step.reserveCapacity(command.count + end.count + 4)
        for _ in 0..<12 {
            step.replaceSubrange(command.count..., with: value)
            step += end
            try await channel.write(step)
            value = try await line(from: channel)
        }
        guard value.elementsEqual("12".utf8) else { throw WrongOutput(text: String(decoding: value, as: UTF8.self)) }
        try await channel.closeInput()
        try await finish(channel, expecting: "")
    }

    private nonisolated(nonsending) func line(from channel: SSHChannel) async throws -> [UInt8] {
        guard case .output(var text) = try await channel.read() else { throw WrongOutput(text: "no line") }
        while text.last != UInt8(ascii: "\n") {
            guard case .output(let bytes) = try await channel.read() else { throw WrongOutput(text: "no line") }
            text += bytes
        }
        text.removeLast()
        return text
    }

    private nonisolated(nonsending) func finish(_ channel: SSHChannel, expecting wanted: String) async throws {
        var output: [UInt8] = []
        reading: while true {
            switch try await channel.read() {
            case .output(let bytes): output += bytes
            case .errors(let bytes): throw WrongOutput(text: String(decoding: bytes, as: UTF8.self))
            case .end: break reading
            }
        }
        let exit = await channel.close()
        guard exit?.status == 0, output.elementsEqual(wanted.utf8) else {
            throw WrongOutput(text: String(decoding: output, as: UTF8.self))
        }
    }
}
