import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct KeyAndRequestTests {
    @Test func `a key survives its PEM form and prints as dots`() throws {
        let pem = try Fixture.hostKey.pem()
        #expect(try PrivateKey(pem: pem).publicKey == Fixture.hostKey.publicKey)
        #expect(pem.revealedText.hasPrefix("-----BEGIN PRIVATE KEY-----"))
        #expect(!"\(pem)".contains("BEGIN"))
        #expect(!"\(Fixture.hostKey)".contains("PRIVATE"))
    }

    @Test func `rubbish and encrypted keys are unreadable`() throws {
        let encrypted = try openssl(
            ["pkcs8", "-topk8", "-passout", "pass:secret"], input: Data(Fixture.hostKey.pem().revealed))
        #expect(encrypted.output.contains("ENCRYPTED"))
        for text in ["", "-----BEGIN PRIVATE KEY-----\n", encrypted.output] {
            #expect { try PrivateKey(pem: Secret(text: text)) } throws: {
                ($0 as? CertificateError)?.code == .unreadable
            }
        }
    }

    @Test func `keys of every kind sign and their certificates verify`() async throws {
        let curve = try await PrivateKey.generate(.p256)
        #expect(curve.bits == 256 && !curve.isRSA)
        let request = try CertificateRequest.make(
            key: curve, subject: Subject(commonName: "ec.example.com"), dnsNames: [])
        let certificate = try Fixture.issuing.sign(request, validity: Fixture.validity)
        let nonce = Data("nonce".utf8)
        #expect(certificate.verifies(try curve.sign(nonce), of: nonce))
        #expect(Fixture.leaf.verifies(try Fixture.hostKey.sign(nonce), of: nonce))
        #expect(!Fixture.leaf.verifies(try Fixture.otherKey.sign(nonce), of: nonce))
        #expect(!Fixture.leaf.verifies(try Fixture.hostKey.sign(nonce), of: Data("other".utf8)))
        #expect(!Fixture.leaf.verifies(try Fixture.hostKey.sign(nonce), of: nonce, hash: .sha1))
        #expect(!Fixture.leaf.verifies(Data(), of: Data()))
    }

    @Test func `the openssl program accepts the request and its names`() throws {
        let run = try openssl(["req", "-verify", "-noout", "-text"], input: Fixture.request.pem)
        #expect(run.status == 0)
        #expect(run.output.contains("verify OK"))
        #expect(run.output.contains("DNS:webint1.corp.example.com"))
        #expect(run.output.contains("TLS Web Server Authentication"))
        #expect(run.output.contains("Digital Signature, Key Encipherment"))
        #expect(run.output.contains("O = \"Example, Inc\""))
    }

    @Test func `a request of the openssl program is read`() throws {
        let key = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).key")
        defer { try? FileManager.default.removeItem(at: key) }
        let run = try openssl([
            "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key.path, "-subj", "/C=FR/CN=um01.example.com",
            "-addext", "subjectAltName=DNS:um01.example.com,IP:127.0.0.1",
        ])
        let start = try #require(run.output.range(of: "-----BEGIN CERTIFICATE REQUEST"))
        let request = try CertificateRequest(Data(run.output[start.lowerBound...].utf8))
        #expect(request.subject == "CN=um01.example.com, C=FR")
        #expect(request.dnsNames == ["um01.example.com"])
        #expect(request.ekus.isEmpty && request.isSignatureValid && request.keyBits == 2048)
    }

    @Test func `a request with Windows' heading is read, DER too`() throws {
        let text = String(decoding: Fixture.request.pem, as: UTF8.self)
            .replacingOccurrences(of: "CERTIFICATE REQUEST", with: "NEW CERTIFICATE REQUEST")
        #expect(try CertificateRequest(Data(text.utf8)) == Fixture.request)
        #expect(try CertificateRequest(Fixture.request.der) == Fixture.request)
    }

    @Test func `a request that was altered is not signed`() throws {
        var der = Fixture.request.der
        let place = try #require(der.firstRange(of: Data("fe01.corp".utf8)))
        der[place.lowerBound] = UInt8(ascii: "x")
        let altered = try CertificateRequest(der)
        #expect(!altered.isSignatureValid)
        #expect(throws: CertificateError.self) { try Fixture.issuing.sign(altered, validity: Fixture.validity) }
    }
}
