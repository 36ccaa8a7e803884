import COpenSSL

/// The form that `ssh-keygen` writes (`openssh-key-v1`, described in OpenSSH's PROTOCOL.key), which OpenSSL cannot read.
///
/// It lends byte ranges of a buffer that the caller wipes; only the public half is copied.
struct OpenSSHKeyFile {
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, ….
    let type: String
    /// The public key in SSH's binary form.
    let publicKey: [UInt8]
    /// Where the fields of the private half lie, after its type; nil when they are encrypted.
    private let secretFields: [Range<Int>]?

    static let label = "OPENSSH PRIVATE KEY"
    private static let magic = Array("openssh-key-v1\0".utf8)

    /// - Throws: ``CertificateError`` `unreadable`.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        var fields = FieldReader(bytes)
        guard fields.take(Self.magic.count).map({ bytes[$0].elementsEqual(Self.magic) }) == true,
            let cipher = fields.string(), fields.string() != nil, fields.string() != nil, fields.number() == 1,
            let shown = fields.string(), let secret = fields.string(), let type = Self.firstField(bytes, shown)
        else { throw Self.damaged("it is cut short or holds more than one key") }
        self.type = type
        publicKey = Array(bytes[shown])
        guard bytes[cipher].elementsEqual("none".utf8) else {
            secretFields = nil
            return
        }
        var inner = FieldReader(bytes, in: secret)
        guard let check = inner.number(), check == inner.number(), let name = inner.string(),
            bytes[name].elementsEqual(type.utf8)
        else { throw Self.damaged("its two halves differ") }
        var found: [Range<Int>] = []
        // Ed25519 has two fields, ECDSA three; then come a comment and padding, which are of no interest.
        while found.count < 3, let field = inner.string() { found.append(field) }
        secretFields = found
    }

    var isEncrypted: Bool { secretFields == nil }

    private static func firstField(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        var fields = FieldReader(bytes, in: range)
        return fields.string().map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    private static func damaged(_ reason: String) -> CertificateError {
        CertificateError(.unreadable, "read an OpenSSH private key", reason: reason)
    }

    /// The key as OpenSSL holds it, checked to be the one that belongs to the public half.
    ///
    /// - Throws: ``CertificateError`` `unreadable`, or `notAllowed` for kinds that are not signed with here.
    func key(_ bytes: UnsafeRawBufferPointer) throws -> KeyHandle {
        guard let secretFields else { throw Self.damaged("it is encrypted") }
        guard SSHPrivateKey.types.contains(type) else {
            throw CertificateError(.notAllowed, "sign in with a key of type \(type)")
        }
        let fields = secretFields.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
        let made: OpaquePointer?
        if type == "ssh-ed25519" {
            // The public half, then seed and public half together.
            guard fields.count >= 2, fields[1].count == 64 else { throw Self.damaged("a field is of a wrong length") }
            made = EVP_PKEY_new_raw_private_key(
                EVP_PKEY_ED25519, nil, fields[1].bindMemory(to: UInt8.self).baseAddress, 32)
        } else {
            // The curve's name, the point, the number.
            guard fields.count == 3, fields[2].count <= 67 else { throw Self.damaged("a field is of a wrong length") }
            made = cossl_ec_key(
                "P-" + type.suffix(3), fields[1].baseAddress, fields[1].count, fields[2].baseAddress, fields[2].count)
        }
        guard let made else { throw CertificateError.fromQueue(.unreadable, "read an OpenSSH private key") }
        return KeyHandle(owning: made)
    }
}

/// Walks over SSH's binary form and answers nil when too little is left. It yields places, not copies.
struct FieldReader {
    private let bytes: UnsafeRawBufferPointer
    private var rest: Range<Int>

    init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>? = nil) {
        self.bytes = bytes
        rest = range ?? 0..<bytes.count
    }

    mutating func take(_ count: Int) -> Range<Int>? {
        guard count <= rest.count else { return nil }
        defer { rest = (rest.lowerBound + count)..<rest.upperBound }
        return rest.lowerBound..<(rest.lowerBound + count)
    }

    mutating func number() -> UInt32? { take(4).map { bytes[$0].reduce(0) { $0 << 8 | UInt32($1) } } }

    /// A length and that many bytes.
    mutating func string() -> Range<Int>? { number().flatMap { take(Int($0)) } }
}
