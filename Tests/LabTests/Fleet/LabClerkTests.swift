import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

struct LabClerkTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A lab with a drop folder and one request in it.
    private func waiting() async throws -> (LabFolder, CertificateRequest) {
        let path = scratch.path + "/lab"
        try await LabFleet.create(in: path, from: SampleFleet.source(dropFolder: true))
        let folder = try LabFolder(existing: path)
        let request = try CertificateRequest.make(
            key: PrivateKey.generateNow(.p256), subject: Subject(commonName: "sip.example.com"),
            dnsNames: ["sip.example.com", "webconf.example.com"])
        try StateFile.write(request.pem, to: folder.outbox("public") + "/edge-external.csr")
        try StateFile.write(Data("a word to the clerk".utf8), to: folder.outbox("public") + "/README")
        return (folder, request)
    }

    @Test func `the clerk answers in all three forms, with one certificate`() async throws {
        let (folder, request) = try await waiting()
        var serials: Set<String> = []
        for (format, ending, count) in [(LabClerk.Format.der, "cer", 1), (.pem, "pem", 2), (.pkcs7, "p7b", 3)] {
            let answers = try LabClerk.sign(folder: folder.path, format: format)
            let answer = try #require(answers.first)
            #expect(answers.count == 1 && answer.commonName == "sip.example.com")
            #expect(answer.answer == folder.inbox("public") + "/edge-external.\(ending)")
            let content = try #require(try StateFile.read(answer.answer))
            #expect(content.starts(with: Data("-----BEGIN".utf8)) == (format == .pem))
            let certificates = try CertificateBundle.read(content)
            #expect(certificates.count == count)
            let leaf = try #require(certificates.first { $0.publicKey == request.publicKey })
            #expect(leaf.dnsNames == request.dnsNames)
            #expect(leaf.notAfter.timeIntervalSinceNow < 47 * 86_400 + 1)
            serials.insert(answer.serial)
        }
        #expect(serials.count == 1)
        #expect(try StateFile.names(in: folder.issued("public")) == serials.map { $0 + ".cer" })
        #expect(try StateFile.names(in: folder.outbox("public")).contains("edge-external.csr"))
    }

    @Test func `a clerk who is told names answers those alone`() async throws {
        let (folder, _) = try await waiting()
        let other = try CertificateRequest.make(
            key: PrivateKey.generateNow(.p256), subject: Subject(commonName: "other.example.com"),
            dnsNames: ["other.example.com"])
        try StateFile.write(other.pem, to: folder.outbox("public") + "/other.csr")
        let answers = try LabClerk.sign(folder: folder.path, only: ["OTHER.example.com"])
        #expect(answers.map(\.commonName) == ["other.example.com"])
        #expect(try LabClerk.sign(folder: folder.path, only: ["edge-external"]).count == 1)
        let error = #expect(throws: LabError.self) { try LabClerk.sign(folder: folder.path, only: ["third"]) }
        #expect(error?.hint == "requests: edge-external.csr, other.csr")
    }

    @Test func `a lab without drop folders has nothing to sign`() async throws {
        let path = scratch.path + "/lab"
        try await LabFleet.create(in: path, from: SampleFleet.source())
        #expect(throws: LabError.self) { try LabClerk.sign(folder: path) }
    }
}
