import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct CheckerTests {
    let chain = [Fixture.issuing.certificate.der, Fixture.root.certificate.der]
    let checker = CertificateChecker()

    private func fault(
        _ certificate: Data = Fixture.leaf.der, chain: [Data]? = nil, request: Data = Fixture.request.pem,
        order: CertificateOrder = Fixture.order(), now: Date = Fixture.now
    ) async -> Fault? {
        do {
            try await checker.check(
                certificate: certificate, chain: chain ?? self.chain, request: request, order: order, now: now)
            return nil
        } catch { return error as? Fault }
    }

    @Test func `a certificate that fits passes, with and without its request`() async {
        #expect(await fault() == nil)
        #expect(await fault(request: Data()) == nil)
    }

    @Test func `each difference is a sentence`() async throws {
        let more = Fixture.names + ["meet.example.com"]
        let client = [ExtendedKeyUsage.serverAuthentication, ExtendedKeyUsage.clientAuthentication]
        let foreign = try CertificateRequest.make(key: Fixture.otherKey, subject: Fixture.subject, dnsNames: [])
        #expect(await fault(order: Fixture.order(names: more))?.details == ["name meet.example.com is missing"])
        #expect(await fault(order: Fixture.order(ekus: client))?.details == ["EKU client authentication is missing"])
        #expect(await fault(order: Fixture.order(bits: 4096))?.details == ["key has 2048 bits, ordered were 4096"])
        #expect(await fault(request: foreign.der)?.details == ["key differs from the request"])
        #expect(await fault(request: foreign.der)?.code == "certificate.differs")
        let late = Fixture.validity.notAfter.addingTimeInterval(60)
        #expect(await fault(now: late)?.details == ["already expired on 2029-01-14"])
        let early = Fixture.validity.notBefore.addingTimeInterval(-60)
        #expect(await fault(now: early)?.details == ["not yet valid before 2027-01-15"])
        #expect(
            await fault(Fixture.root.certificate.der)?.details.contains("EKU server authentication is missing") == true)
    }

    @Test func `a chain without its root or with a foreign one is refused`() async throws {
        #expect(await fault(chain: [chain[0]])?.code == "certificate.chain")
        #expect(await fault(chain: [])?.code == "certificate.chain")
        let foreign = try CertificateSigner.makeRoot("Other Root", key: Fixture.otherKey, validity: Fixture.validity)
        let strict = CertificateChecker(roots: [foreign.certificate])
        await #expect(throws: Fault.self) {
            try await strict.check(
                certificate: Fixture.leaf.der, chain: chain, request: Data(), order: Fixture.order(), now: Fixture.now)
        }
    }

    @Test func `rubbish is unreadable`() async {
        #expect(await fault(Data("x".utf8))?.code == "certificate.unreadable")
        #expect(await fault(chain: [Data([1])])?.code == "certificate.unreadable")
        #expect(await fault(request: Data([1]))?.code == "certificate.unreadable")
    }

    @Test(arguments: [["-sha1"], ["-sigopt", "rsa_padding_mode:pss"], ["-md5"]])
    func `weak and PSS signatures are refused`(options: [String]) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).key")
        try Data(Fixture.hostKey.pem().revealed).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let san = Fixture.names.map { "DNS:\($0)" }.joined(separator: ",")
        let run = try openssl(
            [
                "req", "-x509", "-key", path.path, "-subj", "/CN=fepool1.corp.example.com", "-days", "9000",
                "-addext", "subjectAltName=\(san)", "-addext", "extendedKeyUsage=serverAuth",
                "-addext", "basicConstraints=CA:FALSE",
            ] + options)
        let start = try #require(run.output.range(of: "-----BEGIN"))
        let found = await fault(Data(run.output[start.lowerBound...].utf8), request: Data())
        #expect(found?.details.contains { $0.hasPrefix("signed with") } == true)
    }

    @Test func `a request is held against its order before it is handed in`() throws {
        try checker.check(request: Fixture.request.pem, order: Fixture.order(), now: Fixture.now)
        let few = Fixture.order(names: Array(Fixture.names.prefix(2)))
        #expect { try checker.check(request: Fixture.request.pem, order: few, now: Fixture.now) } throws: {
            ($0 as? Fault)?.details == ["name webint1.corp.example.com was not ordered"]
        }
        var known = few
        known.productNames = ["webint1.corp.example.com"]
        try checker.check(request: Fixture.request.pem, order: known, now: Fixture.now)
        let broad = try CertificateRequest.make(
            key: Fixture.hostKey, subject: Fixture.subject, dnsNames: Fixture.names,
            ekus: [ExtendedKeyUsage.serverAuthentication, "1.3.6.1.5.5.7.3.3"])
        #expect { try checker.check(request: broad.pem, order: Fixture.order(), now: Fixture.now) } throws: {
            ($0 as? Fault)?.details == ["EKU 1.3.6.1.5.5.7.3.3 was not ordered"]
        }
        #expect {
            try checker.check(request: Fixture.request.pem, order: Fixture.order(bits: 3072), now: Fixture.now)
        } throws: {
            ($0 as? Fault)?.details == ["key has 2048 bits, ordered were 3072"]
        }
    }

    @Test func `the subject may be another name of the server where the pages leave it open, and only there`() throws {
        var order = Fixture.order()
        order.subject.commonName = "fe01.corp.example.com"
        order.productNames = ["FEPOOL1.corp.example.com"]
        let pem = Fixture.request.pem
        try checker.check(request: pem, order: order, now: Fixture.now)
        order.subjectIsBinding = true
        #expect(throws: Fault.self) { try checker.check(request: pem, order: order, now: Fixture.now) }
        order.subjectIsBinding = false
        order.productNames = []
        #expect {
            try checker.check(request: pem, order: order, now: Fixture.now)
        } throws: {
            ($0 as? Fault)?.details == [
                "subject name is \"fepool1.corp.example.com\", ordered was fe01.corp.example.com"
            ]
        }
    }

    @Test func `a key is proven by its signature and by nothing else`() async throws {
        let nonce = Data("0123456789".utf8)
        let good = try Fixture.hostKey.sign(nonce)
        try await checker.checkSignature(good, of: nonce, hash: "SHA256", certificate: Fixture.leaf.der)
        for (signature, hash) in [
            (try Fixture.otherKey.sign(nonce), "SHA256"), (good, "SHA1"), (good, "MD5"), (Data(), "SHA256"),
        ] {
            await #expect {
                try await checker.checkSignature(signature, of: nonce, hash: hash, certificate: Fixture.leaf.der)
            } throws: {
                ($0 as? Fault)?.code == "certificate.key-not-proven"
            }
        }
    }
}
