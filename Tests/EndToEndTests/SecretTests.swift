import Foundation
import TestSupport
import Testing

/// No secret in what is printed, kept or handed to another program: searched for by a test that knows them.
struct SecretTests {
    static let phrase = "Phrase-d0-n0t-print-me!"

    @Test(arguments: ["file", "env"])
    func `a passphrase, the one-time password, bundles and keys are nowhere but where they belong`(_ source: String)
        async throws
    {
        try await LabProject.up("edge", transcripts: true) { lab in
            try await Self.lockKey(of: lab)
            try lab.folder.write(Self.phrase + "\n", to: "secrets/lab-key")
            let reference =
                source == "file" ? "{ from: file, path: ../secrets/lab-key }" : "{ from: env, name: LAB_KEY_PHRASE }"
            try lab.editInventory { text in
                text = text.replacing(
                    "key: keys/client\n", with: "key: keys/client\n              passphrase: lab-key\n")
                text += "secrets:\n  lab-key: \(reference)\n"
            }

            var said: [String] = []
            func run(_ words: String...) async throws -> ProgramResult {
                var command = ["--project", lab.path] + words
                var program = BuiltProgram.path
                if Self.canTrace {
                    let trace = lab.folder["traces/\(words[0]).\(said.count)"]
                    try FileManager.default.createDirectory(
                        atPath: lab.folder["traces"], withIntermediateDirectories: true)
                    command = ["-f", "-qq", "-s", "1000000", "-e", "trace=execve", "-o", trace, program] + command
                    program = "strace"
                }
                let result = try await BuiltProgram.run(
                    program, command,
                    environment: lab.environment.merging(source == "env" ? ["LAB_KEY_PHRASE": Self.phrase] : [:]) { $1 }
                )
                said.append(result.output + result.errors)
                return result
            }
            let push = try await run("push", "edge-lyon/edge-av", "--yes")
            #expect(push.code == 0, "\(push)")
            let renew = try await run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            for format in ["text", "json", "html", "junit"] {
                #expect(try await run("report", "--format", format).code == 0)
            }
            #expect(try await run("status", "--json").code == 0)
            #expect(try await run("runs", "list").code == 0)

            // What went over the wire, from the lab's transcripts, which lie outside of the lab.
            let wire = try FolderTree(lab.folder["transcripts"]).files.values.map {
                String(decoding: $0, as: UTF8.self)
            }
            .joined()
            let passwords = Set(wire.matches(of: #/"Password":\{"t":"ss","v":"([^"]+)"/#).map { String($0.output.1) })
            let bundles = Set(
                wire.matches(of: #/"RawData":\{"t":"by","v":"(MII[^"]+)"\},"Password"/#).map { String($0.output.1) })
            #expect(passwords.count == 1)
            #expect(bundles.count == 1)

            var forms = HiddenForms.of(Self.phrase) + HiddenForms.of("PRIVATE KEY-----")
            for password in passwords { forms += HiddenForms.of(password) }
            for bundle in bundles {
                let bytes = try #require(Data(base64Encoded: bundle))
                // A piece out of its encrypted middle.
                forms += HiddenForms.of(bytes.subdata(in: 400..<430))
            }
            let keys = try lab.tree().filter { $0.contains("/My/") && $0.hasSuffix(".key") }
            for key in keys.files.values {
                let lines = String(decoding: key, as: UTF8.self).split(separator: "\n")
                // A line from the middle of each key, as it stands in the file.
                forms.append(Data(lines[lines.count / 2].utf8))
            }

            for text in said { for form in forms { #expect(Data(text.utf8).range(of: form) == nil) } }
            let project = try lab.tree().filter { path in
                !(path.contains("/My/") && path.hasSuffix(".key")) && !path.hasPrefix("ca/")
                    && !path.hasSuffix("/ssh_host_ed25519_key") && path != "keys/client"
            }
            #expect(project.paths.contains("state/journal.sqlite"))
            #expect(project.holding(forms) == [])
            if Self.canTrace {
                let traces = try FolderTree(lab.folder["traces"])
                #expect(traces.holding([Data("execve(".utf8)]).count == said.count)
                #expect(traces.holding(forms) == [])
            }
        }
    }

    private static func lockKey(of lab: LabProject) async throws {
        let locked = try await lab.tool(
            "ssh-keygen", "-q", "-p", "-f", "\(lab.path)/keys/client", "-P", "", "-N", phrase)
        #expect(locked.code == 0, "\(locked)")
    }

    /// strace may be missing, or forbidden in a container.
    static let canTrace: Bool = {
        let found = ["/usr/bin/strace", "/usr/local/bin/strace"].contains(where: FileManager.default.isExecutableFile)
        guard found else { return false }
        let trial = Process()
        trial.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        trial.arguments = ["strace", "-f", "-qq", "-o", "/dev/null", "true"]
        trial.standardError = FileHandle.nullDevice
        guard (try? trial.run()) != nil else { return false }
        trial.waitUntilExit()
        return trial.terminationStatus == 0
    }()

    @Test func `a secret's file that others may read is refused`() async throws {
        try await LabProject.up("two") { lab in
            try await Self.lockKey(of: lab)
            try lab.folder.write(Self.phrase, to: "secrets/lab-key", mode: 0o644)
            try lab.editInventory { text in
                text = text.replacing(
                    "key: keys/client\n", with: "key: keys/client\n              passphrase: lab-key\n")
                text += "secrets:\n  lab-key: { from: file, path: ../secrets/lab-key }\n"
            }
            let plan = try await lab.run("renew", "--yes")
            #expect(plan.code == 77, "\(plan)")
            #expect(plan.errors.contains("chmod 600"), "\(plan)")
            #expect(try lab.agents("fe01") == [])
        }
    }
}
