import COpenSSL
import FleetModel
import Foundation
import TestSupport
import Testing

@testable import Certificates

/// Key files of every form, made by OpenSSH's own tool, whose word is also taken for the public half.
struct SSHPrivateKeyTests {
    static let kinds: [(type: String, bits: String)] = [
        ("ed25519", "256"), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"),
    ]
    private static let phrase = "a phrase for tests"
    private let scratch: TemporaryFolder
    private var folder: URL { URL(filePath: scratch.path) }

    init() throws { scratch = try TemporaryFolder() }

    private func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    /// A new key file and its public half.
    private func make(
        _ kind: (type: String, bits: String), phrase: String = "", form: String = "RFC4716"
    ) throws -> (file: Secret, publicKey: [UInt8]) {
        let path = folder.appending(path: "\(kind.type)-\(kind.bits)-\(UUID().uuidString)")
        try run(
            "/usr/bin/ssh-keygen",
            ["-q", "-t", kind.type, "-b", kind.bits, "-m", form, "-N", phrase, "-C", "test", "-f", path.path])
        let line = try String(contentsOf: path.appendingPathExtension("pub"), encoding: .utf8)
        let blob = try #require(Data(base64Encoded: String(line.split(separator: " ")[1])))
        return (Secret(try Data(contentsOf: path)), Array(blob))
    }

    /// The same key as PKCS#8, as OpenSSL writes it.
    private func pkcs8(_ key: SSHPrivateKey, phrase: String?) throws -> Secret {
        let plain = folder.appending(path: UUID().uuidString)
        let sealed = folder.appending(path: UUID().uuidString)
        try PrivateKey(key.handle).pem().withBytes { try Data($0).write(to: plain) }
        let how = phrase.map { ["-passout", "pass:\($0)"] } ?? ["-nocrypt"]
        try run("/usr/bin/openssl", ["pkcs8", "-topk8", "-in", plain.path, "-out", sealed.path] + how)
        return Secret(try Data(contentsOf: sealed))
    }

    /// Whether OpenSSL takes the signature for one of this key, once it is back in OpenSSL's own form.
    private func accepts(_ signature: [UInt8], of bytes: [UInt8], by key: SSHPrivateKey) throws -> Bool {
        var form = signature
        var digest: OpaquePointer?
        if key.type != "ssh-ed25519" {
            let first = Int(signature[3])
            let second = Array(signature[(8 + first)...])
            let inner = [2, UInt8(first)] + signature[4..<(4 + first)] + [2, UInt8(second.count)] + second
            form = (inner.count > 127 ? [0x30, 0x81, UInt8(inner.count)] : [0x30, UInt8(inner.count)]) + inner
            digest = key.type.hasSuffix("256") ? EVP_sha256() : key.type.hasSuffix("384") ? EVP_sha384() : EVP_sha512()
        }
        let context = try #require(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        return key.handle.use { pointer in
            EVP_DigestVerifyInit(context, nil, digest, nil, pointer) == 1
                && EVP_DigestVerify(context, form, form.count, bytes, bytes.count) == 1
        }
    }

    @Test(arguments: kinds)
    func `a key in OpenSSH's form is read and its signatures hold`(kind: (type: String, bits: String)) throws {
        let (file, publicKey) = try make(kind)
        let key = try SSHPrivateKey(file: file)
        #expect(key.publicKey == publicKey)
        // Several, because the numbers of ECDSA differ in length from one to the next.
        for round in 0..<20 {
            let bytes = [UInt8](repeating: UInt8(round), count: 300)
            let signature = try key.sign(bytes)
            #expect(try accepts(signature, of: bytes, by: key))
            #expect(try !accepts(signature, of: bytes + [1], by: key))
        }
    }

    @Test(arguments: kinds, [nil, phrase])
    func `a key as PKCS#8 is read, sealed or not`(kind: (type: String, bits: String), phrase: String?) throws {
        let (file, publicKey) = try make(kind)
        let other = try pkcs8(SSHPrivateKey(file: file), phrase: phrase)
        let key = try SSHPrivateKey(file: other, passphrase: phrase.map { Secret(text: $0) })
        #expect(key.publicKey == publicKey)
        #expect(try accepts(key.sign([1, 2, 3]), of: [1, 2, 3], by: key))
    }

    @Test func `an older EC key file with a passphrase is read`() throws {
        let (file, publicKey) = try make(("ecdsa", "256"), phrase: Self.phrase, form: "PEM")
        #expect(try SSHPrivateKey(file: file, passphrase: Secret(text: Self.phrase)).publicKey == publicKey)
    }

    private func code(_ file: Secret, phrase: String? = nil) -> CertificateError.Code? {
        do {
            _ = try SSHPrivateKey(file: file, passphrase: phrase.map { Secret(text: $0) })
            return nil
        } catch {
            return (error as? CertificateError)?.code
        }
    }

    @Test func `a wrong passphrase, and none, are told apart from a bad file`() throws {
        let sealed = try pkcs8(SSHPrivateKey(file: make(Self.kinds[0]).file), phrase: Self.phrase)
        #expect(code(sealed, phrase: "another phrase") == .wrongPassword)
        #expect(code(sealed) == .wrongPassword)
        #expect(code(Secret(text: "not a key")) == .unreadable)
        #expect(code(Secret([])) == .unreadable)
    }

    @Test func `OpenSSH's form with a passphrase is left to others`() throws {
        #expect(code(try make(Self.kinds[0], phrase: Self.phrase).file, phrase: Self.phrase) == .sealed)
    }

    @Test func `RSA keys are not signed with`() throws {
        #expect(code(try make(("rsa", "2048")).file) == .notAllowed)
    }

    @Test func `a key file cut short or changed anywhere is refused or still signs for the same public half`() throws {
        for kind in Self.kinds.prefix(2) {
            let (file, publicKey) = try make(kind)
            let lines = String(decoding: file.revealed, as: UTF8.self).split(separator: "\n")
            let bytes = try #require(Data(base64Encoded: lines[1..<(lines.count - 1)].joined()))
            func armored(_ bytes: Data) -> Secret {
                Secret(text: "\(lines[0])\n\(bytes.base64EncodedString())\n\(lines[lines.count - 1])\n")
            }
            for length in 0..<(bytes.count - 1) {
                guard let key = try? SSHPrivateKey(file: armored(bytes.prefix(length))) else { continue }
                // Only comment and padding may be missing.
                Issue.record("\(length) of \(bytes.count) bytes were taken for a key of type \(key.type)")
            }
            for place in bytes.indices {
                var changed = bytes
                changed[place] ^= 0x81
                guard let key = try? SSHPrivateKey(file: armored(changed)) else { continue }
                #expect(key.publicKey == publicKey)
                #expect(try accepts(key.sign([7]), of: [7], by: key))
            }
        }
    }
}
