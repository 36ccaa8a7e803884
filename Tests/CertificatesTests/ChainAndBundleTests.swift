import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct ChainAndBundleTests {
    let root = Fixture.root.certificate
    let issuing = Fixture.issuing.certificate

    @Test func `a chain is ordered from the certificate to its root`() throws {
        let chain = try CertificateChain.verify(
            Fixture.leaf, intermediates: [root, issuing], roots: [root], at: Fixture.now)
        #expect(chain == [Fixture.leaf, issuing, root])
    }

    @Test func `a missing intermediate, a foreign root and another day all break the chain`() throws {
        let foreign = try CertificateSigner.makeRoot(
            "Example Root CA", key: Fixture.otherKey, validity: Fixture.validity
        ).certificate
        let late = Fixture.validity.notAfter.addingTimeInterval(1)
        let early = Fixture.validity.notBefore.addingTimeInterval(-1)
        let cases: [([Certificate], [Certificate], Date, [Int])] = [
            ([], [root], Fixture.now, [20]), ([issuing], [foreign], Fixture.now, [7, 19, 20]),
            ([issuing], [root], late, [10]),
            ([issuing], [root], early, [9]),
        ]
        for (intermediates, roots, date, numbers) in cases {
            #expect {
                try CertificateChain.verify(Fixture.leaf, intermediates: intermediates, roots: roots, at: date)
            } throws: {
                ($0 as? CertificateError)?.code == .chain && numbers.contains(($0 as? CertificateError)?.number ?? 0)
            }
        }
    }

    @Test func `a certificate that is no authority cannot issue`() throws {
        let forged = try CertificateSigner.selfSigned(
            CertificateContent(subject: Subject(commonName: "x"), dnsNames: [], validity: Fixture.validity),
            key: Fixture.otherKey)
        #expect(throws: CertificateError.self) {
            try CertificateChain.verify(Fixture.leaf, intermediates: [forged], roots: [root], at: Fixture.now)
        }
    }

    @Test func `every form of bundle gives the certificates in its order`() throws {
        let all = [Fixture.leaf, issuing, root]
        #expect(try CertificateBundle.read(CertificateBundle.pem(all)) == all)
        #expect(try CertificateBundle.read(Fixture.leaf.der) == [Fixture.leaf])
        let pkcs7 = try CertificateBundle.pkcs7(all)
        #expect(Set(try CertificateBundle.read(pkcs7)) == Set(all))
        let pem = try openssl(["pkcs7", "-inform", "DER", "-outform", "PEM"], input: pkcs7).output
        #expect(pem.contains("BEGIN PKCS7"))
        #expect(Set(try CertificateBundle.read(Data(pem.utf8))) == Set(all))
    }

    @Test func `text before and after PEM blocks does no harm, a broken block does`() throws {
        let text = "subject=x\r\n" + String(decoding: Fixture.leaf.pem, as: UTF8.self) + "trailing"
        #expect(try CertificateBundle.read(Data(text.utf8)) == [Fixture.leaf])
        let broken = text + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        #expect(throws: CertificateError.self) { try CertificateBundle.read(Data(broken.utf8)) }
    }

    @Test func `a PFX is refused where certificates are read, and so is anything else`() throws {
        let pfx = try PFX(certificate: Fixture.leaf, key: Fixture.hostKey, intermediates: [])
            .write(password: Secret.randomPassword(), form: .tripleDES)
        #expect { try CertificateBundle.read(Data(pfx.revealed)) } throws: { ($0 as? CertificateError)?.code == .isPFX }
        for data in [
            Data(), Data("hello".utf8), Fixture.request.pem, Fixture.request.der, try CertificateBundle.pkcs7([]),
        ] {
            #expect { try CertificateBundle.read(data) } throws: { ($0 as? CertificateError)?.code == .unreadable }
        }
    }
}
