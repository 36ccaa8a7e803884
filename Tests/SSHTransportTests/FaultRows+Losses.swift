import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// The connection stood, and then was lost or fell silent.
extension FaultBench {
    // F20, F21, F37
    func losses() async throws -> [FaultRow] {
        let log = Self.log
        let (user, key, line) = (good.server.user, good.key, try good.server.knownHostsLine())
        let name = "[127.0.0.1]:\(good.server.port)"
        /// Through a relay, under the name of the server behind it.
        @Sendable func connect(_ relay: LoopbackRelay, _ worker: SSHWorker) async throws -> SSHSession {
            let line = line.replacingOccurrences(of: name, with: "[127.0.0.1]:\(relay.port)")
            return try await SSHFixture.connect(
                port: relay.port, user: user, knownHosts: line, authentication: [.key(path: key)],
                deadlines: FaultTableTests.slow, on: worker)
        }
        let port = good.server.port
        let short = try LoopbackRelay(to: port) { _ in .init(limit: 700, ending: .reset) }
        let (killed, after) = (try await SSHFixture(), try await SSHFixture())
        let (frozen, closing) = (try await SSHFixture(), try await SSHFixture())
        let limit = FaultTableTests.short
        let up = "see whether the host is up and its SSH service runs"
        return [
            FaultRow(
                name: "F20 reset in the handshake", code: .handshakeFailed,
                message: "the server ended the connection during the handshake", hint: log
            ) { _ = try await connect(short, $0) },
            FaultRow(
                name: "F20 lost before the answer", code: .connectionLost, message: "connection lost during read",
                hint: up
            ) { worker in
                let channel = try await killed.connected(on: worker).openExec("echo begun; cat")
                let begun = try await channel.read()
                killed.server.killConnections()
                let output = try await channel.read()
                throw SSHError(.sessionClosed, "read", "it read \(begun), then \(output)")
            },
            FaultRow(
                name: "F20 lost after the answer", code: .connectionLost,
                message: "connection lost during open channel", hint: up
            ) { worker in
                let session = try await after.connected(on: worker)
                guard try await session.run("echo done").text == "done\n" else { return }
                after.server.killConnections()
                _ = try await session.openExec("true")
            },
            FaultRow(
                name: "F21 frozen peer", code: .unresponsive,
                message: "open channel was not done within \(limit.words)", deadline: limit
            ) { worker in
                let session = try await frozen.connected(on: worker, FaultTableTests.hurried(\.channel))
                frozen.server.freezeConnections()
                defer { frozen.server.killConnections() }
                _ = try await session.openExec("true")
            },
            FaultRow(name: "F37 the listener is gone", code: .sessionClosed, message: "it works") { worker in
                let session = try await closing.connected(on: worker)
                closing.server.stopListening()
                if try await session.run("echo on").text == "on\n" {
                    throw SSHError(.sessionClosed, "run", "it works")
                }
            },
        ]
    }
}
