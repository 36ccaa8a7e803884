import ArgumentParsing
import FleetModel
import Foundation
import SSHTransport
import Synchronization
import TestSupport
import Testing

@testable import CertfleetCLI

/// Pins come from a person, and from nowhere else.
@Suite struct HostKeysCommandsTests {
    private let folder: TemporaryFolder
    private let keys: [HostKey]

    init() throws {
        folder = try TemporaryFolder()
        func string(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        keys = (1...2).compactMap {
            HostKey(blob: string(Array("ssh-ed25519".utf8)) + string([UInt8](repeating: $0, count: 32)))
        }
        let inventory = try String(contentsOfFile: Inventories.path("two"), encoding: .utf8)
        try FileManager.default.createDirectory(atPath: folder["inventory"], withIntermediateDirectories: true)
        try folder.write(inventory, to: "inventory/fleet.yml")
        let lines = zip(["10.1.1.11", "10.1.1.12"], keys).map { $1.knownHostsLine(host: $0, port: 22) + "\n" }
        try folder.write(lines.joined(), to: "known_hosts.candidates")
    }

    private func run(_ words: String..., answer: String? = nil, isInteractive: Bool = true) async throws -> (
        Int32, String
    ) {
        try await run(words, answer: answer, isInteractive: isInteractive)
    }

    private func run(_ words: [String], answer: String? = nil, isInteractive: Bool = true) async throws -> (
        Int32, String
    ) {
        let said = Said()
        let terminal = Terminal(
            write: { text in said.text.withLock { $0 += text } }, say: { text in said.text.withLock { $0 += text } },
            ask: { question in
                said.text.withLock { $0 += question }
                return answer
            }, isInteractive: isInteractive, isErrorTerminal: isInteractive, isOutputTerminal: isInteractive,
            colour: false)
        let context = ProgramContext(terminal: terminal, surroundings: .process, executable: "/nonexistent")
        let words = ["--project", folder.path] + words
        guard case .run(let command) = try CertfleetProgram.declaration(context).parse(words) else {
            Issue.record("no command")
            return (-1, "")
        }
        let code = try await command.run()
        return (code, said.text.withLock { $0 })
    }

    private final class Said: Sendable { let text = Mutex("") }

    private var pinned: String { (try? folder.read("known_hosts")) ?? "" }

    @Test func `approve shows the fingerprints and asks, and only a yes pins`() async throws {
        for answer in ["no", "", "y", nil] as [String?] {
            let (code, text) = try await run("hostkeys", "approve", "fe01", answer: answer)
            #expect(code == 1)
            #expect(text.contains("fe01: new      ssh-ed25519  \(keys[0].fingerprint)\n"), "\(text)")
            #expect(text.contains("pin for fe01, after comparing on the server? (yes/no) "))
            #expect(pinned == "")
        }
        let (code, _) = try await run("hostkeys", "approve", "fe01", answer: "yes")
        #expect(code == 0)
        #expect(pinned == keys[0].knownHostsLine(host: "10.1.1.11", port: 22) + "\n")
        #expect(try folder.read("known_hosts.candidates").contains("10.1.1.12"))
    }

    @Test func `a key that has changed is shown beside the pinned one, with a warning`() async throws {
        try folder.write(keys[1].knownHostsLine(host: "10.1.1.11", port: 22) + "\n", to: "known_hosts")
        let (_, text) = try await run("hostkeys", "approve", "fe01", answer: "no")
        #expect(text.contains("fe01: pinned   ssh-ed25519  \(keys[1].fingerprint)\n"), "\(text)")
        #expect(text.contains("fe01: the key has changed: find out why before you approve\n"))
    }

    @Test func `without a terminal only a key whose fingerprint is given is pinned`() async throws {
        let refusal = await #expect(throws: Refusal.self) {
            _ = try await run("hostkeys", "approve", "fe01", answer: "yes", isInteractive: false)
        }
        #expect(refusal?.code == .usage)
        let other = try await run(
            "hostkeys", "approve", "fe01", "--fingerprint", keys[1].fingerprint, isInteractive: false)
        #expect(other.0 == 1)
        #expect(pinned == "")
        let right = try await run("hostkeys", "approve", "--fingerprint", keys[1].fingerprint, isInteractive: false)
        #expect(right.0 == 1, "fe01 is left")
        #expect(pinned == keys[1].knownHostsLine(host: "10.1.1.12", port: 22) + "\n")
    }

    @Test func `there is no flag that trusts a key unseen`() async throws {
        let flags = [
            "--yes", "--force", "--insecure", "--trust", "--accept-new", "--no-host-key-check", "--all",
            "--no-check-host-keys", "--strict-host-key-checking=no",
        ]
        for flag in flags {
            for words in [
                ["hostkeys", "approve"], ["hostkeys", "scan"], ["hostkeys", "check"], ["renew"], ["doctor"],
            ]
            where flag != "--yes" || words != ["renew"] {
                await #expect(throws: UsageError.self, "\(words) \(flag)") {
                    _ = try await run(words + [flag])
                }
            }
        }
        #expect(pinned == "")
    }

    @Test func `the person's own pins count beside the inventory's`() async throws {
        let file = try folder.write(keys[0].knownHostsLine(host: "a.example.com", port: 22) + "\n", to: "ours")
        let own = try folder.write(keys[1].knownHostsLine(host: "b.example.com", port: 2222) + "\n", to: "own")
        let access = HostAccess(secrets: SecretStore([:]) { _ in nil }, ownKnownHosts: own) { _ in }
        let policy = try await access.hostKeys(in: file)
        #expect(policy.pins(for: "a.example.com", port: 22).map(\.file) == [file])
        #expect(policy.pins(for: "b.example.com", port: 2222).map(\.file) == [own])
        #expect(policy.pins(for: "b.example.com", port: 22).isEmpty)
    }
}
