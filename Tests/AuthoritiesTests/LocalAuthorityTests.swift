import Authorities
import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct LocalAuthorityTests {
    private func outcome(_ folder: AuthorityFolder, chain: [String] = ["pki/root.pem"]) async -> IssueOutcome {
        await folder.router(chain: chain).issue(AuthorityFixture.request())
    }

    @Test func `the copy on disk is the certificate under its serial number`() async throws {
        let folder = try AuthorityFolder(.local)
        let answer = try await folder.issued(AuthorityFixture.request())
        #expect(folder.names("issued") == ["\(answer.serial).cer"])
        #expect(try Data(contentsOf: folder.file("issued/\(answer.serial).cer")) == answer.certificate)
        #expect(answer.serial == answer.serial.uppercased())
    }

    @Test func `a copy that a killed process left is the answer of the next`() async throws {
        let folder = try AuthorityFolder(.local)
        let request = AuthorityFixture.request()
        let left = try AuthorityFixture.issuing.sign(
            CertificateRequest(request.request), validity: AuthorityFixture.validity)
        try left.der.write(to: folder.file("issued/\(left.serial).cer"))
        try Data("half".utf8).write(to: folder.file("issued/.X.cer.1.tmp"))
        try Data("rubbish".utf8).write(to: folder.file("issued/rubbish.cer"))
        #expect(try await folder.issued(request).serial == left.serial)
    }

    @Test func `the same key with other names is signed again`() async throws {
        let folder = try AuthorityFolder(.local)
        let first = try await folder.issued(AuthorityFixture.request())
        let more = AuthorityFixture.order(names: ["fe01.example.com", "sip.example.com", "meet.example.com"])
        #expect(try await folder.issued(AuthorityFixture.request(more)).serial != first.serial)
    }

    @Test func `an expired copy is no answer`() async throws {
        let folder = try AuthorityFolder(.local)
        let first = try await folder.issued(AuthorityFixture.request())
        let later = folder.router(now: AuthorityFixture.now.addingTimeInterval(731 * 86_400))
        #expect(try await folder.issued(AuthorityFixture.request(), by: later).serial != first.serial)
    }

    @Test func `a certificate lives the authority's days and never longer than its issuer`() async throws {
        let folder = try AuthorityFolder(.local)
        let made = try Certificate(try await folder.issued(AuthorityFixture.request()).certificate)
        #expect(made.notAfter == AuthorityFixture.now.addingTimeInterval(730 * 86_400))
        let late = AuthorityFixture.validity.notAfter.addingTimeInterval(-86_400)
        let clipped = try await folder.issued(AuthorityFixture.request(key: 1), by: folder.router(now: late))
        #expect(try Certificate(clipped.certificate).notAfter == AuthorityFixture.validity.notAfter)
    }

    @Test func `missing, foreign and unreadable files are named with the reason`() async throws {
        let folder = try AuthorityFolder(.local)
        try Data(AuthorityFixture.keys[2].pem().revealed).write(to: folder.file("pki/ca.key"))
        let foreign = await outcome(folder).refusal?.fault
        #expect(foreign?.message.contains("the key does not belong to the certificate") == true)
        try Data("sesame".utf8).write(to: folder.file("pki/ca.key"))
        let rubbish = await outcome(folder).refusal?.fault
        #expect(rubbish?.message.contains("cannot use the private key \(folder.file("pki/ca.key").path)") == true)
        #expect(rubbish?.description.contains("sesame") == false)
        try FileManager.default.removeItem(at: folder.file("pki/ca.key"))
        let missing = await outcome(folder).refusal?.fault
        #expect(missing?.code == "authority.unreadable")
        #expect(
            missing?.message == "corp: cannot read \(folder.file("pki/ca.key").path): no such file or directory")
        try FileManager.default.removeItem(at: folder.file("pki/ca.pem"))
        #expect(await outcome(folder).refusal?.fault.message.contains("pki/ca.pem") == true)
    }

    @Test func `an authority whose root is not named says so before it signs`() async throws {
        let folder = try AuthorityFolder(.local)
        #expect(await outcome(folder, chain: []).refusal?.fault.code == "authority.chain")
        #expect(folder.names("issued").isEmpty)
    }

    @Test func `files that were put right are read again by the next run`() async throws {
        let folder = try AuthorityFolder(.local)
        let router = folder.router()
        try FileManager.default.moveItem(at: folder.file("pki/ca.key"), to: folder.file("pki/away"))
        #expect(await router.issue(AuthorityFixture.request()).refusal != nil)
        try FileManager.default.moveItem(at: folder.file("pki/away"), to: folder.file("pki/ca.key"))
        #expect(try await folder.issued(AuthorityFixture.request(), by: router).serial.count == 32)
    }
}
