import Certificates
import FleetModel
import Foundation
import Testing

@Suite struct PFXTests {
    let password = Secret(text: "Abc123Abc123Abc123Abc123")

    private func pfx() throws -> PFX {
        try PFX(
            certificate: Fixture.leaf, key: Fixture.hostKey,
            intermediates: [Fixture.issuing.certificate, Fixture.root.certificate], friendlyName: "fe-lyon/fe é")
    }

    private func described(_ file: Secret) throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pfx")
        try Data(file.revealed).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try openssl([
            "pkcs12", "-in", path.path, "-info", "-nodes", "-passin", "pass:\(password.revealedText)",
        ]).output
    }

    @Test(arguments: [PFX.Form.tripleDES, .aes])
    func `what is written is read again, without the root`(form: PFX.Form) throws {
        let read = try PFX.read(try pfx().write(password: password, form: form), password: password)
        #expect(read.certificate == Fixture.leaf)
        #expect(read.key.publicKey == Fixture.hostKey.publicKey)
        #expect(read.intermediates == [Fixture.issuing.certificate])
        #expect(read.friendlyName == "fe-lyon/fe é")
    }

    @Test func `the old form is one that every Windows reads`() throws {
        let text = try described(try pfx().write(password: password, form: .tripleDES))
        #expect(text.contains("MAC: sha1, Iteration 2048"))
        #expect(text.contains("PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC"))
        #expect(text.contains("Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC"))
        #expect(text.contains("Microsoft CSP Name: Microsoft RSA SChannel Cryptographic Provider"))
        #expect(text.contains("X509v3 Key Usage: 10"))
        #expect(text.contains("localKeyID"))
        #expect(!text.contains("Example Root CA\nissuer=CN = Example Root CA"))
    }

    @Test func `the new form is AES with SHA-256`() throws {
        let text = try described(try pfx().write(password: password, form: .aes))
        #expect(text.contains("MAC: sha256, Iteration 2048"))
        #expect(text.contains("AES-256-CBC"))
        #expect(text.contains("Microsoft CSP Name"))
    }

    @Test func `a wrong password is told apart from a damaged file`() throws {
        let file = try pfx().write(password: password, form: .tripleDES)
        #expect { try PFX.read(file, password: Secret(text: "other")) } throws: {
            ($0 as? CertificateError)?.code == .wrongPassword
        }
        #expect { try PFX.read(Secret(file.revealed.dropLast(3)), password: password) } throws: {
            ($0 as? CertificateError)?.code == .unreadable
        }
        #expect { try PFX.read(Secret(text: ""), password: password) } throws: {
            ($0 as? CertificateError)?.code == .unreadable
        }
    }

    @Test func `a PFX without a key says so`() throws {
        let pem = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        try Fixture.leaf.pem.write(to: pem)
        let out = pem.appendingPathExtension("pfx")
        defer { for file in [pem, out] { try? FileManager.default.removeItem(at: file) } }
        let run = try openssl([
            "pkcs12", "-export", "-nokeys", "-in", pem.path, "-out", out.path, "-passout", "pass:x",
        ])
        #expect(run.status == 0)
        let file = Secret(try Data(contentsOf: out))
        #expect { try PFX.read(file, password: Secret(text: "x")) } throws: {
            ($0 as? CertificateError)?.code == .noKey
        }
    }

    @Test func `no PFX is written without a password or for a foreign key`() throws {
        #expect(throws: CertificateError.self) { try pfx().write(password: Secret(text: ""), form: .aes) }
        #expect(throws: CertificateError.self) {
            try PFX(certificate: Fixture.leaf, key: Fixture.otherKey, intermediates: [])
        }
    }
}
