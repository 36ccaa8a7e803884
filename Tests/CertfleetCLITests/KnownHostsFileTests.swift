import FleetModel
import Foundation
import SSHTransport
import TestSupport
import Testing

@testable import CertfleetCLI

@Suite struct KnownHostsFileTests {
    private func key(_ type: String, _ filling: UInt8) throws -> HostKey {
        func string(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        return try #require(
            HostKey(blob: string(Array(type.utf8)) + string([UInt8](repeating: filling, count: 32))))
    }

    private func host(_ address: String, port: Int = 22) -> FleetModel.Host {
        FleetModel.Host(
            name: "fe01", fqdn: "fe01.example.com", address: address, ssh: SSHSettings(user: "svc", port: port),
            place: SourcePlace(file: "fleet.yml", line: 1, column: 1))
    }

    @Test func `a host's keys are replaced, and every other line is kept as it was`() throws {
        let (old, new, other) = (try key("ssh-ed25519", 1), try key("ssh-ed25519", 2), try key("ssh-ed25519", 3))
        let oldText = old.knownHostsLine(host: "h", port: 22).dropFirst(2)
        let revoked = "@revoked h \(oldText)"
        let text = [
            "# kept", "", "h \(oldText)", "h,alias \(oldText) note", "*.example.com \(oldText)", revoked,
            "[h]:2222 \(oldText)", other.knownHostsLine(host: "other", port: 22),
        ].joined(separator: "\n")
        var file = KnownHostsFile(path: "kh", text: text)
        file.replace(host("h"), with: [new])
        #expect(
            file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) == [
                "# kept", "", "alias \(oldText) note", "*.example.com \(oldText)", revoked, "[h]:2222 \(oldText)",
                other.knownHostsLine(host: "other", port: 22), new.knownHostsLine(host: "h", port: 22), "",
            ])
        #expect(file.pins(host("h")).filter { !$0.isRevoked }.map(\.key) == [new])
        file.replace(host("h", port: 2222), with: [])
        #expect(file.pins(host("h", port: 2222)).isEmpty)
    }

    @Test func `it is written as a whole, through a link too, with the mode it had`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("# mine\n", to: "real")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try FileManager.default.createSymbolicLink(atPath: folder["link"], withDestinationPath: path)
        var file = try KnownHostsFile(path: folder["link"])
        file.replace(host("h"), with: [try key("ssh-ed25519", 1)])
        try file.write()
        #expect(try folder.read("real") == file.text)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder["link"]) == path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder[""])) == ["real", "link"])
    }

    @Test func `what is shown is held against what is pinned`() throws {
        let (pinned, other) = (try key("ssh-ed25519", 1), try key("ssh-ed25519", 2))
        let odd = try key("ecdsa-sha2-nistp256", 1)
        let line = pinned.knownHostsLine(host: "h", port: 22)
        let file = KnownHostsFile(path: "kh", text: line + "\n")
        let pins = file.pins(host("h"))
        #expect(HostKeyVerdict([odd, pinned], against: pins).standing == .pinned)
        let changed = HostKeyVerdict([other], against: pins)
        #expect(changed.standing == .wrong)
        #expect(
            changed.words
                == "differs  ssh-ed25519  line 1 has \(pinned.fingerprint), it shows \(other.fingerprint)")
        #expect(HostKeyVerdict([odd], against: pins).standing == .wrong)
        #expect(HostKeyVerdict([pinned], against: file.pins(host("unknown"))).standing == .nothingPinned)
        let revoked = KnownHostsFile(path: "kh", text: "\(line)\n@revoked \(line)\n")
        let verdict = HostKeyVerdict([pinned], against: revoked.pins(host("h")))
        #expect(verdict.standing == .wrong)
        #expect(verdict.words.hasPrefix("revoked"))
    }
}
