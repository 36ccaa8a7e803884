import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct CertificateTests {
    @Test func `a signed certificate says what the request asked for`() throws {
        let leaf = Fixture.leaf
        #expect(leaf.subject == "CN=fepool1.corp.example.com, OU=IT, O=\"Example, Inc\", L=Lyon, S=Rhone, C=FR")
        #expect(leaf.issuer == "CN=Example Issuing CA")
        #expect(leaf.commonName == "fepool1.corp.example.com")
        #expect(leaf.dnsNames == Fixture.names)
        #expect(leaf.ekus == [ExtendedKeyUsage.serverAuthentication])
        #expect(leaf.notAfter == Fixture.validity.notAfter && leaf.notBefore == Fixture.validity.notBefore)
        #expect(leaf.publicKey == Fixture.hostKey.publicKey)
        #expect(leaf.keyBits == 2048)
        #expect(leaf.hasCDP && !leaf.isAuthority && !leaf.isSelfIssued)
        #expect(leaf.signatureAlgorithm == "1.2.840.113549.1.1.11")
        #expect(leaf.serial.count == 32)
        #expect(leaf.isSigned(by: Fixture.issuing.certificate))
        #expect(!leaf.isSigned(by: Fixture.root.certificate))
        #expect(Fixture.root.certificate.isAuthority && Fixture.root.certificate.isSelfIssued)
    }

    @Test func `the openssl program reads the same certificate`() throws {
        let run = try openssl(
            [
                "x509", "-noout", "-fingerprint", "-sha1", "-serial", "-ext",
                "keyUsage,subjectAltName,crlDistributionPoints",
            ],
            input: Fixture.leaf.pem)
        #expect(run.status == 0)
        #expect(run.output.replacingOccurrences(of: ":", with: "").contains(Fixture.leaf.thumbprint))
        #expect(run.output.contains("serial=\(Fixture.leaf.serial)"))
        #expect(run.output.contains("Digital Signature, Key Encipherment"))
        #expect(run.output.contains("DNS:fe01.corp.example.com, DNS:fepool1.corp.example.com"))
        #expect(run.output.contains("http://crl.example.com/issuing.crl"))
    }

    @Test func `PEM and DER are the same certificate`() throws {
        #expect(try Certificate(Fixture.leaf.pem) == Fixture.leaf)
        #expect(try Certificate(Fixture.leaf.der).sha256 == Fixture.leaf.sha256)
    }

    @Test func `a damaged certificate is unreadable and never a crash`() throws {
        let der = Fixture.leaf.der
        let bad: [Data] = [
            Data(), Data([0x30]), der.dropLast(1), der + Data([0]), Data("-----BEGIN CERTIFICATE-----\nAAAA\n".utf8),
            Data(repeating: 0x30, count: 5000), Data(count: 2 << 20),
        ]
        for data in bad { #expect(throws: CertificateError.self) { try Certificate(data) } }
        var thrown = 0
        for index in stride(from: 0, to: der.count, by: 7) {
            var copy = der
            copy[index] ^= 0xFF
            do { _ = try Certificate(copy) } catch is CertificateError { thrown += 1 }
        }
        #expect(thrown > 0)
    }

    @Test func `damage in any other form of input is an error too`() throws {
        let password = Secret.randomPassword()
        let pfx = try PFX(certificate: Fixture.leaf, key: Fixture.hostKey, intermediates: [Fixture.issuing.certificate])
            .write(password: password, form: .tripleDES)
        let forms: [(Data, (Data) throws -> Void)] = [
            (Fixture.request.der, { _ = try CertificateRequest($0) }),
            (try CertificateBundle.pkcs7([Fixture.leaf]), { _ = try CertificateBundle.read($0) }),
            (Data(pfx.revealed), { _ = try PFX.read(Secret($0), password: password) }),
        ]
        for (whole, read) in forms {
            try read(whole)
            var thrown = 0
            for index in stride(from: 0, to: whole.count, by: 23) {
                var copy = whole
                copy[index] ^= 0xFF
                do { try read(copy) } catch is CertificateError { thrown += 1 }
                #expect(throws: CertificateError.self) { try read(whole.prefix(index)) }
            }
            #expect(thrown > 0)
        }
    }

    @Test func `an encrypted PEM block is refused without asking for a passphrase`() throws {
        let encrypted = """
            -----BEGIN CERTIFICATE-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

            AAAA
            -----END CERTIFICATE-----
            """
        #expect(throws: CertificateError.self) { try Certificate(Data(encrypted.utf8)) }
    }

    @Test func `a signer refuses a foreign key and a certificate that is no authority`() throws {
        #expect { try CertificateSigner(certificate: Fixture.root.certificate, key: Fixture.otherKey) } throws: {
            ($0 as? CertificateError)?.code == .keyMismatch
        }
        #expect { try CertificateSigner(certificate: Fixture.leaf, key: Fixture.hostKey) } throws: {
            ($0 as? CertificateError)?.code == .notAllowed
        }
    }

    @Test(arguments: ["a,DNS:evil.example.com", "a b.example.com", "", "x\ny", "é.example.com"])
    func `a name that would change the grammar is refused`(name: String) throws {
        #expect {
            try CertificateRequest.make(key: Fixture.hostKey, subject: Fixture.subject, dnsNames: [name])
        } throws: {
            ($0 as? CertificateError)?.code == .notAllowed
        }
    }

    @Test func `the digest of abc is the known one`() {
        #expect(Digest.sha256(Data("abc".utf8)) == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
        #expect(Digest.sha1(Data("abc".utf8)) == "A9993E364706816ABA3E25717850C26C9CD0D89D")
    }
}
