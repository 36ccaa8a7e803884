import Authorities
import Certificates
import FleetModel
import Foundation
import Testing

/// What every back end promises.
@Suite struct ConformanceTests {
    typealias BackEnd = AuthorityFolder.BackEnd

    @Test(arguments: BackEnd.allCases)
    func `the answer has the request's key and names and a whole chain`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        let request = AuthorityFixture.request()
        let answer = try await folder.issued(request)
        let certificate = try Certificate(answer.certificate)
        #expect(certificate.publicKey == AuthorityFixture.keys[0].publicKey)
        #expect(certificate.dnsNames == ["fe01.example.com", "sip.example.com"])
        #expect(answer.thumbprint == certificate.thumbprint && answer.serial == certificate.serial)
        #expect(answer.chain == [AuthorityFixture.issuing.certificate.der, AuthorityFixture.root.certificate.der])
        try await CertificateChecker(roots: [AuthorityFixture.root.certificate]).check(
            certificate: answer.certificate, chain: answer.chain, request: request.request, order: request.order,
            now: AuthorityFixture.now)
    }

    @Test(arguments: BackEnd.allCases)
    func `the same request gets the same certificate, in this process and the next`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        let router = folder.router()
        let first = try await folder.issued(AuthorityFixture.request(), by: router)
        #expect(try await folder.issued(AuthorityFixture.request(), by: router) == first)
        #expect(try await folder.issued(AuthorityFixture.request()) == first)
        #expect(folder.names("issued").count + folder.names("inbox").count == 1)
        #expect(folder.names("outbox").isEmpty)
    }

    @Test(arguments: BackEnd.allCases)
    func `another key gets another certificate`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        let first = try await folder.issued(AuthorityFixture.request(key: 0))
        let second = try await folder.issued(AuthorityFixture.request(key: 1))
        #expect(first.serial != second.serial)
    }

    @Test(arguments: BackEnd.allCases)
    func `requests that come at once all get their own answer`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        let router = folder.router()
        for _ in 0..<2 {
            await withTaskGroup(of: Void.self) { group in
                for key in 0..<3 { group.addTask { _ = await router.issue(AuthorityFixture.request(key: key)) } }
            }
            try folder.answer(as: .pem)
            try AuthorityFixture.issuing.certificate.pem.write(to: folder.file("inbox/issuing.pem"))
        }
        var serials: Set<String> = []
        for key in 0..<3 {
            let answer = try await folder.issued(AuthorityFixture.request(key: key), by: router)
            #expect(try Certificate(answer.certificate).publicKey == AuthorityFixture.keys[key].publicKey)
            serials.insert(answer.serial)
        }
        #expect(serials.count == 3)
    }

    @Test(arguments: BackEnd.allCases)
    func `a request that does not fit its order is denied and leaves nothing behind`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        var request = AuthorityFixture.request()
        request.order = AuthorityFixture.order(names: ["fe01.example.com", "meet.example.com"])
        let outcome = await folder.router().issue(request)
        #expect(outcome.refusal?.word == "denied")
        #expect(outcome.refusal?.fault.message.hasPrefix("corp: ") == true)
        #expect(
            outcome.refusal?.fault.details == [
                "name meet.example.com is missing", "name sip.example.com was not ordered",
            ])
        request.request = Data("no request".utf8)
        #expect(await folder.router().issue(request).refusal?.fault.code == "certificate.unreadable")
        #expect(folder.names("outbox").isEmpty && folder.names("issued").isEmpty)
    }

    @Test(arguments: BackEnd.allCases)
    func `a folder that cannot be written is a failure that names it`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        let name = folder.firstFolder
        try? FileManager.default.removeItem(at: folder.file(name))
        try Data().write(to: folder.file(name))
        let outcome = await folder.router().issue(AuthorityFixture.request())
        #expect(outcome.refusal?.word == "failed")
        #expect(outcome.refusal?.fault.message.hasPrefix("corp: cannot ") == true)
        #expect(outcome.refusal?.fault.message.contains(folder.file(name).path) == true)
        #expect(outcome.refusal?.fault.message.contains("not a directory") == true)
    }

    @Test(arguments: BackEnd.allCases)
    func `a chain file that holds something else is a failure that names it`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        try Data("rubbish".utf8).write(to: folder.file("pki/root.pem"))
        let router = folder.router()
        _ = await router.issue(AuthorityFixture.request())
        try folder.answer(as: .pem)
        let outcome = await router.issue(AuthorityFixture.request())
        #expect(outcome.refusal?.word == "failed")
        #expect(outcome.refusal?.fault.message.contains(folder.file("pki/root.pem").path) == true)
    }

    @Test(arguments: BackEnd.allCases)
    func `an authority that nobody knows is named with those that are known`(backEnd: BackEnd) async throws {
        let folder = try AuthorityFolder(backEnd)
        var request = AuthorityFixture.request()
        request.order.authority = "publik"
        let outcome = await folder.router().issue(request)
        #expect(outcome.refusal?.fault.message == "publik: the inventory has no such authority")
        #expect(outcome.refusal?.fault.hint == "it has: corp")
    }
}
