import Authorities
import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct DropFolderTests {
    private func pendingText(_ folder: AuthorityFolder, key: Int = 0) async throws -> (id: String, text: String) {
        guard case .pending(let id, let text) = await folder.router().issue(AuthorityFixture.request(key: key)) else {
            throw Fault("test", .failed, "not pending")
        }
        return (id, text)
    }

    @Test func `a request waits in one file, however often it is asked after`() async throws {
        let folder = try AuthorityFolder(.dropFolder)
        let (id, text) = try await pendingText(folder)
        #expect(try await pendingText(folder).id == id)
        #expect(folder.names("outbox") == ["\(id).csr"])
        #expect(id.hasPrefix("fe-lyon-fe-fe01-") && id.count == "fe-lyon-fe-fe01-".count + 12)
        #expect(text.hasPrefix("corp: the request is in ") && text.contains(folder.file("outbox/\(id).csr").path))
        #expect(try Data(contentsOf: folder.file("outbox/\(id).csr")) == AuthorityFixture.request().request)
        #expect(folder.names("inbox").isEmpty)
    }

    @Test(arguments: AnswerForm.allCases)
    func `an answer is taken in any form, and the request leaves the outbox`(form: AnswerForm) async throws {
        let folder = try AuthorityFolder(.dropFolder)
        _ = try await pendingText(folder)
        try folder.answer(as: form)
        // DER cannot carry the issuer: it comes as a file of its own.
        try AuthorityFixture.issuing.certificate.der.write(to: folder.file("inbox/issuer.crt"))
        let answer = try await folder.issued(AuthorityFixture.request())
        #expect(try Certificate(answer.certificate).publicKey == AuthorityFixture.keys[0].publicKey)
        #expect(folder.names("outbox").isEmpty)
    }

    @Test func `what waits is listed with subject and names`() async throws {
        let folder = try AuthorityFolder(.dropFolder)
        let (id, _) = try await pendingText(folder)
        try Data("x".utf8).write(to: folder.file("outbox/odd.csr"))
        let list = await folder.router().pending()
        #expect(
            list.requests == [
                PendingRequest(
                    authority: "corp", id: id, file: folder.file("outbox/\(id).csr").path,
                    subject: "CN=fe01.example.com", names: ["fe01.example.com", "sip.example.com"])
            ])
        #expect(list.notes == ["corp: \(folder.file("outbox/odd.csr").path) is no certificate request"])
    }

    @Test func `unreadable and foreign files are noted and stop nothing`() async throws {
        let folder = try AuthorityFolder(.dropFolder)
        _ = try await pendingText(folder, key: 1)
        try folder.answer(as: .pem)
        try Data("hello".utf8).write(to: folder.file("inbox/readme.txt"))
        let pfx = try PFX(
            certificate: AuthorityFixture.issuing.certificate, key: AuthorityFixture.issuing.key, intermediates: []
        ).write(password: Secret.randomPassword(), form: .aes)
        try Data(pfx.revealed).write(to: folder.file("inbox/cert.pfx"))
        try FileManager.default.createDirectory(at: folder.file("inbox/old"), withIntermediateDirectories: true)
        #expect(mkfifo(folder.file("inbox/pipe").path, 0o600) == 0)
        let (_, text) = try await pendingText(folder, key: 0)
        for note in ["readme.txt was passed over", "a PFX holds a key", "old was passed over", "pipe was passed over"] {
            #expect(text.contains(note))
        }
        #expect(text.contains("is for fe01.example.com but has another key"))
        #expect(try await folder.issued(AuthorityFixture.request(key: 0)).chain.count == 2)
    }

    @Test func `an answer that lacks a name is refused, a better one is taken`() async throws {
        let folder = try AuthorityFolder(.dropFolder)
        let (id, _) = try await pendingText(folder)
        let content = CertificateContent(
            subject: Subject(commonName: "fe01.example.com"), dnsNames: ["fe01.example.com"],
            validity: AuthorityFixture.validity)
        let poor = try AuthorityFixture.issuing.issue(content, publicKey: AuthorityFixture.keys[0].publicKey)
        try AnswerForm.pem.bytes(poor).write(to: folder.file("inbox/poor.pem"))
        let refusal = await folder.router().issue(AuthorityFixture.request()).refusal?.fault
        #expect(refusal?.code == "authority.answer-differs")
        #expect(refusal?.details == ["name sip.example.com is missing"])
        #expect(folder.names("outbox") == ["\(id).csr"])
        try folder.answer(as: .pem)
        #expect(try await folder.issued(AuthorityFixture.request()).thumbprint != poor.thumbprint)
    }

    @Test func `an expired answer of the same key is no answer`() async throws {
        let folder = try AuthorityFolder(.dropFolder)
        let request = AuthorityFixture.request()
        let old = try AuthorityFixture.issuing.sign(
            CertificateRequest(request.request),
            validity: Validity(days: 1, from: AuthorityFixture.now.addingTimeInterval(-2 * 86_400)))
        try AnswerForm.pem.bytes(old).write(to: folder.file("inbox/old.pem"))
        #expect(try await pendingText(folder).text.contains("waits for its certificate"))
    }

    @Test func `an answer of another root is refused`() async throws {
        let folder = try AuthorityFolder(.dropFolder)
        let other = try CertificateSigner.makeRoot(
            "Other Root", key: AuthorityFixture.keys[2], validity: AuthorityFixture.validity)
        let request = AuthorityFixture.request()
        let made = try other.sign(CertificateRequest(request.request), validity: AuthorityFixture.validity)
        try CertificateBundle.pem([made, other.certificate]).write(to: folder.file("inbox/other.pem"))
        #expect(await folder.router().issue(request).refusal?.fault.code == "authority.chain")
        // Where the inventory names no root, the answer's own has to do.
        guard case .issued = await folder.router(chain: []).issue(request) else {
            Issue.record("not issued")
            return
        }
    }
}
