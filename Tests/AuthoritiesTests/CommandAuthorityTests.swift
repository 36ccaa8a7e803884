import Authorities
import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct CommandAuthorityTests {
    private func starts(_ folder: AuthorityFolder) -> Int {
        ((try? String(contentsOf: folder.file("starts"), encoding: .utf8)) ?? "").split(separator: "\n").count
    }

    /// A program that counts its starts.
    private func folder(_ text: String) throws -> AuthorityFolder {
        let folder = try AuthorityFolder(.command)
        try folder.program("echo x >> \"$(dirname \"$0\")/starts\"\n\(text)")
        return folder
    }

    private func refusal(_ folder: AuthorityFolder, limit: Duration = .seconds(60)) async -> (
        word: String, fault: Fault
    )? {
        await folder.router(limit: limit).issue(AuthorityFixture.request()).refusal
    }

    @Test func `a program that waits is asked again, and its words are shown`() async throws {
        let folder = try AuthorityFolder(.command)
        guard case .pending(let id, let text) = await folder.router().issue(AuthorityFixture.request()) else {
            Issue.record("not pending")
            return
        }
        #expect(text == "corp: waits for an answer: \"the clerk is out\"")
        let list = await folder.router().pending()
        #expect(list.requests.map(\.id) == [id] && list.notes.isEmpty)
        #expect(list.requests.first?.words == "waits since 2027-01-15T08:00:00Z")
        #expect(list.requests.first?.subject == "CN=fe01.example.com")
        try folder.answer(as: .pem)
        _ = try await folder.issued(AuthorityFixture.request())
        #expect(await folder.router().pending() == PendingList())
    }

    @Test func `exit 77 is a denial and may be asked again`() async throws {
        let folder = try folder("echo 'no   such\ttemplate' >&2; exit 77")
        let denied = try #require(await refusal(folder))
        #expect(denied.word == "denied" && denied.fault.code == "authority.denied")
        #expect(denied.fault.message == "corp: \(folder.file("ask").path) denied the request: \"no such template\"")
        #expect(await refusal(folder)?.word == "denied" && starts(folder) == 2)
        #expect(await folder.router().pending().requests.isEmpty)
    }

    @Test func `any other status is a failure that ordered nothing`() async throws {
        let folder = try folder("cat >/dev/null; exit 3")
        let failed = try #require(await refusal(folder))
        #expect(failed.word == "failed")
        #expect(failed.fault.message == "corp: \(folder.file("ask").path) failed with exit status 3")
        #expect(await folder.router().pending().requests.isEmpty)
    }

    @Test func `a program that is not there is named`() async throws {
        let folder = try AuthorityFolder(.command)
        try FileManager.default.removeItem(at: folder.file("ask"))
        let failed = try #require(await refusal(folder))
        #expect(failed.word == "failed" && failed.fault.message.hasPrefix("corp: \(folder.file("ask").path): no "))
        #expect(await folder.router().pending().requests.isEmpty)
    }

    @Test(arguments: ["kill -9 $$", "echo no certificate", "exit 0"])
    func `an end that says nothing is unknown, and nothing is started again`(text: String) async throws {
        let folder = try folder(text)
        #expect(await refusal(folder)?.word == "unknown")
        let again = try #require(await refusal(folder))
        #expect(again.word == "unknown" && starts(folder) == 1)
        #expect(again.fault.hint?.contains("certfleet pending cancel ID") == true)
        let waiting = try #require(await folder.router().pending().requests.first)
        #expect(waiting.words == "outcome unknown since 2027-01-15T08:00:00Z")
        #expect(try await folder.router().cancel("corp/\(waiting.id)").id == waiting.id)
        _ = await refusal(folder)
        #expect(starts(folder) == 2)
    }

    @Test func `a program that outlives its limit is ended and its outcome is unknown`() async throws {
        let folder = try folder("exec cat \"$(dirname \"$0\")/pipe\"")
        #expect(mkfifo(folder.file("pipe").path, 0o600) == 0)
        let ended = try #require(await refusal(folder, limit: .milliseconds(200)))
        #expect(ended.word == "unknown" && ended.fault.message.contains("did not end in time"))
        #expect(await refusal(folder)?.word == "unknown" && starts(folder) == 1)
    }

    @Test func `a record that a killed process left keeps the program from being started`() async throws {
        let folder = try folder("kill -9 $$")
        _ = await refusal(folder)
        // The same state that a process leaves that dies while the program runs.
        try folder.program(AuthorityFolder.clerkProgram)
        #expect(await refusal(folder)?.word == "unknown" && folder.names("outbox").isEmpty)
    }

    @Test func `an answer for another key is refused for good until it is cancelled`() async throws {
        let folder = try AuthorityFolder(.command)
        let other = try AuthorityFixture.issuing.sign(
            CertificateRequest(AuthorityFixture.request(key: 1).request), validity: AuthorityFixture.validity)
        try other.pem.write(to: folder.file("other.pem"))
        try folder.program("cat \"$(dirname \"$0\")/other.pem\"")
        let refused = try #require(await refusal(folder))
        #expect(refused.word == "failed" && refused.fault.code == "authority.answer-differs")
        #expect(
            refused.fault.message
                == "corp: the answer \(other.thumbprint) is not what was ordered: key differs from the request")
        try folder.program("exit 3")
        #expect(await refusal(folder)?.fault.message == refused.fault.message)
    }

    @Test func `names that the authority's policy took away are said`() async throws {
        let folder = try AuthorityFolder(.command)
        let fewer = try CertificateRequest.make(
            key: AuthorityFixture.keys[0], subject: AuthorityFixture.order().subject, dnsNames: ["fe01.example.com"])
        let made = try AuthorityFixture.issuing.sign(fewer, validity: AuthorityFixture.validity)
        try made.pem.write(to: folder.file("made.pem"))
        try folder.program("cat \"$(dirname \"$0\")/made.pem\"")
        #expect(await refusal(folder)?.fault.details == ["name sip.example.com is missing"])
    }

    @Test func `a certificate is not lost when its chain cannot be built yet`() async throws {
        let folder = try AuthorityFolder(.command)
        _ = await folder.router().issue(AuthorityFixture.request())
        try folder.answer(as: .der)
        #expect(await refusal(folder)?.fault.code == "authority.chain")
        try folder.program("exit 3")
        let answer = await folder.router(chain: ["pki/root.pem", "pki/ca.pem"]).issue(AuthorityFixture.request())
        guard case .issued = answer else {
            Issue.record("\(answer)")
            return
        }
    }

    @Test func `the program learns what it works for and nothing of our environment`() async throws {
        let folder = try folder("env > \"$(dirname \"$0\")/seen\"; exit 3")
        setenv("FLEET_TEST_SECRET", "sesame", 1)
        _ = await refusal(folder)
        let seen = try String(contentsOf: folder.file("seen"), encoding: .utf8)
        #expect(seen.contains("CERTFLEET_ORDER=fe-lyon/fe\n") && seen.contains("CERTFLEET_HOST=fe01\n"))
        #expect(!seen.contains("sesame"))
    }
}
