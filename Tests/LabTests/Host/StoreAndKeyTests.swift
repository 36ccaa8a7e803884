import AgentProtocol
import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

struct StoreAndKeyTests {
    @Test func `a bundle goes to Root and CA, and only once`() async throws {
        let bench = try LabBench(.frontEnd, trusts: false)
        let bundle = CertificateBundle.pem([TestAuthority.issuing.certificate, TestAuthority.root.certificate])
        let first = await bench.call(
            "Certfleet\\Add-CertificateBundle", [("RawData", .bytes(bundle))], select: ["Store", "Added"])
        #expect(first.out.map { $0["Store"]?.text } == ["CA", "Root"])
        #expect(first.out.allSatisfy { $0["Added"] == .bool(true) })
        let second = await bench.call(
            "Certfleet\\Add-CertificateBundle", [("RawData", .bytes(bundle))], select: ["Added"])
        #expect(second.out.allSatisfy { $0["Added"] == .bool(false) })
        #expect(try bench.state.store(.root).thumbprints() == [TestAuthority.root.certificate.thumbprint])
    }

    @Test func `a server's certificate is refused as a trust anchor`() async throws {
        let bench = try LabBench(.frontEnd)
        let done = await bench.call(
            "Certfleet\\Add-CertificateBundle", [("RawData", .bytes(TestAuthority.certificate("x.example.com").der))])
        #expect(done.errorID == "Certfleet.NotAnAuthority")
        #expect(done.ran && !done.ok)
    }

    @Test func `the store shows what was asked for and nothing else`() async throws {
        let bench = try LabBench(.edge)
        let thumbprint = try bench.hold(TestAuthority.certificate("sip.example.com"))
        let done = await bench.call(
            "Certfleet\\Get-StoreCertificate",
            [("Thumbprint", .string(thumbprint.lowercased())), ("Raw", .switch(true))],
            select: ["Thumbprint", "HasPrivateKey", "NotAfter", "RawData", "Nothing"])
        #expect(done.out.count == 1)
        guard case .object(let members)? = done.first else { throw ScratchError(number: 0) }
        #expect(members.keys.sorted() == ["HasPrivateKey", "NotAfter", "RawData", "Thumbprint"])
        #expect(members["HasPrivateKey"] == .bool(true))
        #expect(try #require(members["NotAfter"]?.text).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(
            members["RawData"]?.base64 == TestAuthority.certificate("sip.example.com").der.base64EncodedString()
                || members["RawData"]?.base64 != nil)
    }

    @Test func `a removed certificate is gone with its key`() async throws {
        let bench = try LabBench(.edge)
        let thumbprint = try bench.hold(TestAuthority.certificate("a.example.com"))
        _ = await bench.call(
            "Certfleet\\Remove-StoreCertificate", [("Store", .string("My")), ("Thumbprint", .string(thumbprint))])
        #expect(try StateFile.names(in: bench.state.store(.my).folder).isEmpty)
    }

    @Test func `a key travels as a bundle and proves itself on the other side`() async throws {
        let (from, to) = (try LabBench(.edge), try LabBench(.edge, trusts: false))
        let certificate = TestAuthority.certificate("av.example.com")
        try from.hold(certificate, exportable: true)
        let password = Secret.randomPassword()
        let exported = await from.call(
            "Certfleet\\Export-KeyBundle",
            [("Thumbprint", .string(certificate.thumbprint)), ("Password", .secure(password))], select: ["RawData"])
        let bundle = try #require(Data(base64Encoded: exported.first?["RawData"]?.base64 ?? ""))

        let wrong = await to.call(
            "Certfleet\\Import-KeyBundle", [("RawData", .bytes(bundle)), ("Password", .secure(Secret(text: "no")))])
        #expect(wrong.errorID == "Certfleet.PfxRefused")
        #expect(wrong.hresult == "0x80070056")
        #expect(try to.state.store(.my).entries().isEmpty)

        let imported = await to.call(
            "Certfleet\\Import-KeyBundle",
            [("RawData", .bytes(bundle)), ("Password", .secure(password)), ("FriendlyName", .string("copy"))],
            select: ["Thumbprint"])
        #expect(imported.first?["Thumbprint"]?.text == certificate.thumbprint)
        #expect(try to.state.store(.my).entry(certificate.thumbprint)?.exportable == false)
        #expect(try to.state.store(.intermediate).thumbprints() == [TestAuthority.issuing.certificate.thumbprint])
        #expect(try to.state.store(.root).thumbprints().isEmpty)

        let nonce = Data([1, 2, 3])
        let proof = await to.call(
            "Certfleet\\Test-PrivateKey", [("Thumbprint", .string(certificate.thumbprint)), ("Nonce", .bytes(nonce))],
            select: ["Signature", "HashAlgorithm"])
        let signature = try #require(Data(base64Encoded: proof.first?["Signature"]?.base64 ?? ""))
        #expect(certificate.verifies(signature, of: nonce))

        let again = await to.call(
            "Certfleet\\Export-KeyBundle",
            [("Thumbprint", .string(certificate.thumbprint)), ("Password", .secure(password))])
        #expect(again.errorID == "Certfleet.KeyNotExportable")
    }

    @Test func `a chain is judged by the host's own stores`() async throws {
        let (good, bad) = (try LabBench(.edge), try LabBench(.edge, trusts: false))
        let thumbprint = TestAuthority.certificate("x.example.com")
        try good.hold(thumbprint)
        try bad.hold(thumbprint)
        let parameters: [(String, TypedValue)] = [("Thumbprint", .string(thumbprint.thumbprint))]
        let valid = await good.call("Certfleet\\Test-Chain", parameters, select: ["Valid", "Chain"])
        #expect(valid.first?["Valid"] == .bool(true))
        #expect(valid.first?["Chain"]?.texts.last == TestAuthority.root.certificate.thumbprint)
        let partial = await bad.call("Certfleet\\Test-Chain", parameters, select: ["Valid", "Status"])
        #expect(partial.first?["Valid"] == .bool(false))
        #expect(partial.first?["Status"]?.texts == ["PartialChain"])
    }

    @Test func `private files live in folders of ours only`() async throws {
        let bench = try LabBench(.edge)
        let made = await bench.call("Certfleet\\New-PrivateFolder", [("Name", .string("run-7"))])
        let folder = try #require(made.first?.text)
        let written = await bench.call(
            "Certfleet\\Write-PrivateFile",
            [("Folder", .string(folder)), ("Name", .string("answer.cer")), ("RawData", .bytes(Data([9])))])
        #expect(written.first?.text == folder + "\\answer.cer")
        let listed = await bench.call(
            "Certfleet\\Get-PrivateFolder", [("Name", .string("run-7"))], select: ["Name", "Path", "Files"])
        #expect(listed.first?["Path"]?.text == folder)
        #expect(listed.first?["Files"]?.texts == ["answer.cer"])
        let read = await bench.call(
            "Certfleet\\Read-PrivateFile", [("Folder", .string(folder)), ("Name", .string("answer.cer"))],
            select: ["RawData"])
        #expect(read.first?["RawData"]?.base64 == "CQ==")
        for (foreign, id) in [(#"C:\Windows"#, "Certfleet.NotOurFolder"), (folder + #"\.."#, "Certfleet.NotOurFolder")]
        {
            let refused = await bench.call(
                "Certfleet\\Read-PrivateFile", [("Folder", .string(foreign)), ("Name", .string("x"))])
            #expect(refused.errorID == id)
        }
        _ = await bench.call("Certfleet\\Remove-PrivateFolder", [("Folder", .string(folder))])
        #expect(await bench.call("Certfleet\\Get-PrivateFolder", [("Name", .string("run-7"))]).out.isEmpty)
    }
}
