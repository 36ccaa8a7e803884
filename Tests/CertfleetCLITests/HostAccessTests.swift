import FleetModel
import Foundation
import SSHTransport
import Synchronization
import Testing

@testable import CertfleetCLI

/// What was said, and how often the passphrase was asked for.
private final class Heard: Sendable {
    let notes = Mutex<[String]>([])
    let questions = Mutex(0)
}

@Suite struct HostAccessTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "access-\(UUID().uuidString)")
    private let heard = Heard()

    private func makeKey(phrase: String) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: UUID().uuidString).path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-t", "ed25519", "-N", phrase, "-C", "test", "-f", path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return path
    }

    private func access() -> HostAccess {
        let secrets = SecretStore(["phrase": .prompt("Passphrase: ")]) { [heard] _ in
            heard.questions.withLock { $0 += 1 }
            return Secret(text: "a phrase for tests")
        }
        return HostAccess(secrets: secrets) { [heard] note in heard.notes.withLock { $0.append(note) } }
    }

    @Test func `a key without passphrase is opened once and signs for every host`() async throws {
        let path = try makeKey(phrase: "")
        let access = access()
        guard case .held(let first, let sign) = try await access.key(path, passphrase: nil) else {
            Issue.record("the key was not opened")
            return
        }
        // Whatever comes later is answered from the first time.
        try FileManager.default.removeItem(atPath: path)
        guard case .held(let second, _) = try await access.key(path, passphrase: nil) else {
            Issue.record("the key was read again")
            return
        }
        #expect(first == second)
        #expect(try sign([1, 2, 3]).count == 64)
        #expect(heard.notes.withLock { $0 }.isEmpty)
    }

    @Test func `a sealed OpenSSH key is left to the transport, with one hint and one question for all hosts`()
        async throws
    {
        let path = try makeKey(phrase: "a phrase for tests")
        let access = access()
        try await withThrowingTaskGroup(of: SSHAuthentication.self) { group in
            for _ in 0..<10 { group.addTask { try await access.key(path, passphrase: "phrase") } }
            for try await way in group {
                guard case .key(path, let phrase) = way else {
                    Issue.record("not left to the transport")
                    continue
                }
                #expect(try await phrase?() == Array("a phrase for tests".utf8))
            }
        }
        let notes = heard.notes.withLock { $0 }
        #expect(notes.count == 1)
        #expect(notes.first?.contains("hint: ssh-add \(path)") == true)
        #expect(heard.questions.withLock { $0 } == 1)
    }

    @Test func `a key file that is not there is left to the transport, which says so`() async throws {
        guard case .key("/nowhere/key", nil) = try await access().key("/nowhere/key", passphrase: nil) else {
            Issue.record("not left to the transport")
            return
        }
        #expect(heard.notes.withLock { $0 }.isEmpty)
    }

    @Test func `an address in digits stands for itself`() async throws {
        #expect(try await access().addresses(of: "192.0.2.7", port: 22).map(\.description) == ["192.0.2.7:22"])
        #expect(try await access().addresses(of: "2001:db8::7", port: 22).map(\.description) == ["[2001:db8::7]:22"])
    }
}
