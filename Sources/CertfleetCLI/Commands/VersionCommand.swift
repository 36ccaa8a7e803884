import AgentProtocol
import ArgumentParsing
import Certificates
import FleetModel
import Foundation
import Reporting

/// The version of this program.
enum Release {
    static let version = "0.1.0"
    static let date = "2026-11-21"
}

struct VersionCommand: Command {
    let about = About("version", "print the version, and the hashes of what is started on servers")
    let json = Flag("json", "print JSON")
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let agent = Digest.sha256(Data(BuiltIn.agentScript.utf8))
        let bootstrap = Digest.sha256(Data(Bootstrap.text.utf8))
        if given.json {
            program.terminal.write(
                JSONText.text(
                    .object([
                        "version": .string(Release.version), "protocol": .int(1),
                        "agent": .object(["sha256": .string(agent)]),
                        "bootstrap": .object(["sha256": .string(bootstrap), "command": .string(Bootstrap.commandLine)]),
                    ])))
        } else {
            program.terminal.write(
                "certfleet \(Release.version)\nagent.ps1 sha256 \(agent)\nbootstrap sha256 \(bootstrap)\n")
        }
        return 0
    }
}
