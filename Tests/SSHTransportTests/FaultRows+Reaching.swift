import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// The server is not reached, or is not the one that was meant.
extension FaultBench {
    // F1, F40
    func connecting() async throws -> [FaultRow] {
        let (dead, hole, mute) = (try DeadPort(), try BlackHole(), try LoopbackListener { _ in })
        let (user, key, line) = (good.server.user, good.key, try good.server.knownHostsLine())
        let port = good.server.port
        let short = FaultTableTests.short
        let limit = short.words
        let service = "see whether the SSH service runs there, and on this port"
        let firewall = "check that the host is up and that no firewall drops the connection"
        @Sendable func connect(_ ports: [UInt16], _ worker: SSHWorker) async throws {
            var addresses: [SSHAddress] = []
            for port in ports { addresses += try await SSHAddress.resolve("127.0.0.1", port: port) }
            _ = try await SSHClient.connect(
                to: SSHEndpoint(host: "127.0.0.1", port: port, user: user), addresses: addresses,
                hostKeys: HostKeyPolicy(text: line, file: "kh"), authentication: [.key(path: key)],
                deadlines: FaultTableTests.hurried(\.connect), on: worker)
        }
        return [
            FaultRow(
                name: "F1 refused", code: .refused, message: "nothing listens on 127.0.0.1:\(dead.port)", hint: service
            ) {
                try await attempt(at: dead.port)($0)
                withExtendedLifetime(dead) {}
            },
            FaultRow(
                name: "F1 black hole", code: .timedOut,
                message: "127.0.0.1:\(hole.port) does not answer within \(limit)", hint: firewall,
                deadline: short
            ) {
                try await attempt(at: hole.port, FaultTableTests.hurried(\.connect))($0)
                withExtendedLifetime(hole) {}
            },
            FaultRow(
                name: "F1 silent listener", code: .handshakeTimedOut,
                message:
                    "the server took the connection and said nothing; handshake was not done within \(limit)",
                hint: "its SSH service may hang, or something in between answers for it", deadline: short
            ) {
                try await attempt(at: mute.port, FaultTableTests.hurried(\.handshake))($0)
                withExtendedLifetime(mute) {}
            },
            FaultRow(
                name: "F40 no address answers", code: .refused,
                message:
                    "127.0.0.1:\(hole.port) does not answer within \(limit); nothing listens on 127.0.0.1:\(dead.port)",
                hint: service, deadline: short
            ) { try await connect([hole.port, dead.port], $0) },
            FaultRow(
                name: "F40 only the last address answers", code: .sessionClosed, message: "it answered",
                deadline: short
            ) {
                try await connect([hole.port, dead.port, port], $0)
                throw SSHError(.sessionClosed, "connect", "it answered")
            },
            FaultRow(
                name: "F40 no such name", code: .unresolved, message: "no-such-host.invalid does not resolve",
                hint: "check the name, and the resolver of this machine"
            ) { _ in
                do {
                    _ = try await SSHAddress.resolve("no-such-host.invalid", port: 22)
                } catch let error as SSHError {
                    var error = error
                    // The resolver's own words differ with what it could reach.
                    error.message = error.message.components(separatedBy: ": ")[0]
                    throw error
                }
            },
        ]
    }

    // F2
    func algorithms() async throws -> [FaultRow] {
        let able = LibSSH2Library.abilities
        let rsa = "rsa-sha2-512,rsa-sha2-256"
        let cases: [(name: String, list: String, option: String, offered: String, able: [String], types: [String])] = [
            (
                "AEAD", "cipher", "Ciphers", "aes256-gcm@openssh.com,chacha20-poly1305@openssh.com", able.ciphers,
                ["ed25519"]
            ),
            ("EtM", "MAC", "MACs", "hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com", able.macs, ["ed25519"]),
            ("rsa-sha2", "host key algorithm", "HostKeyAlgorithms", rsa, able.hostKeys, ["rsa"]),
            (
                "sntrup", "key exchange", "KexAlgorithms", "sntrup761x25519-sha512@openssh.com", able.keyExchanges,
                ["ed25519"]
            ),
        ]
        var rows: [FaultRow] = []
        for entry in cases where Set(entry.able).isDisjoint(with: entry.offered.split(separator: ",").map(String.init))
        {
            let fixture = try await SSHFixture(
                options: ["\(entry.option) \(entry.offered)"], hostKeyTypes: entry.types)
            rows.append(
                FaultRow(
                    name: "F2 \(entry.name) only", code: .noCommonAlgorithm,
                    message: "no common \(entry.list): the server offers \(entry.offered), "
                        + "this build \(entry.able.joined(separator: ","))",
                    hint: "connect by the system's ssh (transport: ssh), or allow one of these on the server",
                    provoke: try attempt(fixture, knownHosts: "")))
        }
        return rows
    }

    // F3
    func hostKeys() async throws -> [FaultRow] {
        let fixture = try await SSHFixture(hostKeyTypes: ["ed25519"])
        let other = try await SSHFixture(hostKeyTypes: ["ed25519", "ecdsa"])
        func key(_ server: LoopbackSSHServer, _ type: String) throws -> HostKey {
            let text = try server.knownHostsLine(type: type)
            let name = String(text.prefix { $0 != "]" }.dropFirst())
            let pins = HostKeyPolicy(text: text, file: "").pins(for: name, port: server.port)
            guard let pin = pins.first else { throw CocoaError(.fileReadCorruptFile) }
            return pin.key
        }
        let port = fixture.server.port
        let shown = try key(fixture.server, "ed25519")
        let (changed, odd) = (try key(other.server, "ed25519"), try key(other.server, "ecdsa"))
        func line(_ key: HostKey) -> String { key.knownHostsLine(host: "127.0.0.1", port: port) }
        let compare = "compare the fingerprint with the one shown on the server, then pin the key"
        return [
            FaultRow(
                name: "F3 unknown", code: .hostKeyUnknown,
                message: "the host key of [127.0.0.1]:\(port) is not pinned: ssh-ed25519 \(shown.fingerprint)",
                hint: compare, provoke: try attempt(fixture, knownHosts: "")),
            FaultRow(
                name: "F3 changed", code: .hostKeyChanged,
                message: "host key differs from known_hosts line 2: pinned \(changed.fingerprint), "
                    + "shown ssh-ed25519 \(shown.fingerprint)",
                hint: "find out why before anything else; pin the new key only if the server was rebuilt",
                provoke: try attempt(fixture, knownHosts: "# ours\n\(line(changed))\n")),
            FaultRow(
                name: "F3 other type", code: .hostKeyUnknown,
                message: "[127.0.0.1]:\(port) is pinned only as ecdsa-sha2-nistp256 in known_hosts line 1, "
                    + "and shows ssh-ed25519 \(shown.fingerprint)",
                hint: compare, provoke: try attempt(fixture, knownHosts: line(odd))),
            FaultRow(
                name: "F3 revoked", code: .hostKeyRevoked,
                message: "the host key ssh-ed25519 \(shown.fingerprint) is revoked in known_hosts line 2",
                hint: "pin the key that took its place, once it has been compared on the server",
                provoke: try attempt(fixture, knownHosts: "\(line(shown))\n@revoked \(line(shown))\n")),
        ]
    }
}
