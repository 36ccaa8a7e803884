import ChildProcess
import FleetModel
import Foundation
import Glibc

/// Brings the inventory's secrets, each at most once per run, when it is first needed.
actor SecretStore: SecretResolving {
    private let references: [String: SecretReference]
    private let prompt: @Sendable (String) -> Secret?
    private var known: [String: Secret] = [:]

    init(_ references: [String: SecretReference], prompt: @escaping @Sendable (String) -> Secret?) {
        self.references = references
        self.prompt = prompt
    }

    /// - Throws: ``Fault`` `secret.…` that names the secret, never a value.
    func secret(_ name: String) async throws -> Secret {
        if let known = known[name] { return known }
        guard let reference = references[name] else {
            throw Fault("secret.unknown", .refused, "the inventory declares no secret '\(name)'")
        }
        let secret = try await resolve(name, reference)
        guard !secret.isEmpty else { throw Fault("secret.empty", .refused, "the secret '\(name)' is empty") }
        known[name] = secret
        return secret
    }

    private func resolve(_ name: String, _ reference: SecretReference) async throws -> Secret {
        switch reference {
        case .environment(let variable):
            guard let value = getenv(variable) else {
                throw Fault("secret.absent", .refused, "the variable \(variable) of secret '\(name)' is not set")
            }
            return Secret(text: String(cString: value))
        case .file(let path):
            return try Self.file(path, name)
        case .prompt(let text):
            guard let secret = prompt(text) else {
                throw Fault(
                    "secret.no-terminal", .refused, "the secret '\(name)' must be typed, and there is no terminal",
                    hint: "give it from: file or from: env for runs without a person")
            }
            return secret
        case .command(let words):
            return try await command(words, name)
        }
    }

    /// Mode 0600 or refused: a password that others can read is none.
    private static func file(_ path: String, _ name: String) throws -> Secret {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            throw Fault("secret.absent", .refused, "the file of secret '\(name)' cannot be opened: \(path)")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw Fault(
                "secret.open-file", .refused, "the file of secret '\(name)' can be read by others: \(path)",
                hint: "chmod 600 \(path)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault("secret.absent", .refused, "the file of secret '\(name)' cannot be read: \(path)")
        }
        return trimmed(Array(data))
    }

    private func command(_ words: [String], _ name: String) async throws -> Secret {
        guard let program = words.first else {
            throw Fault("secret.absent", .refused, "secret '\(name)' has no command")
        }
        let command = ChildCommand(
            program, Array(words.dropFirst()), environment: ProcessInfo.processInfo.environment)
        guard let result = try? await command.run(limit: .seconds(60)), result.ending.isSuccess else {
            throw Fault("secret.command", .refused, "the command of secret '\(name)' failed: \(program)")
        }
        return Self.trimmed(result.output.bytes)
    }

    /// Without the line's end that editors and programs put there.
    private static func trimmed(_ bytes: [UInt8]) -> Secret {
        var bytes = bytes[...]
        if bytes.last == 0x0A { bytes = bytes.dropLast() }
        if bytes.last == 0x0D { bytes = bytes.dropLast() }
        return Secret(bytes)
    }
}
