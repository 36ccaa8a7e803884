import COpenSSL

/// What goes into the extensions that this tool writes.
enum ExtensionContent {
    enum KeyUsage: String {
        case digitalSignature, keyEncipherment, keyCertSign, cRLSign
    }

    case keyUsage([KeyUsage])
    case extendedKeyUsage([String])
    case dnsNames([String])
    case authority(pathLength: Int?)
    case notAuthority
    case subjectKeyIdentifier
    case authorityKeyIdentifier
    case distributionPoint(String)

    var nid: Int32 {
        switch self {
        case .keyUsage: NID_key_usage
        case .extendedKeyUsage: NID_ext_key_usage
        case .dnsNames: NID_subject_alt_name
        case .authority, .notAuthority: NID_basic_constraints
        case .subjectKeyIdentifier: NID_subject_key_identifier
        case .authorityKeyIdentifier: NID_authority_key_identifier
        case .distributionPoint: NID_crl_distribution_points
        }
    }

    /// In the words of OpenSSL's configuration files. Values come from outside and commas are the grammar's, so
    /// anything but the characters of a name, an identifier or an address is refused.
    func value() throws -> String {
        switch self {
        case .keyUsage(let usages):
            return "critical," + usages.map(\.rawValue).joined(separator: ",")
        case .extendedKeyUsage(let usages):
            for usage in usages
            where usage.isEmpty || !usage.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }) {
                throw CertificateError(.notAllowed, "write the key usage \"\(usage)\"")
            }
            return usages.joined(separator: ",")
        case .dnsNames(let names):
            for name in names where !isDNSName(name) {
                throw CertificateError(.notAllowed, "write the name \"\(name)\"")
            }
            return names.map { "DNS:\($0)" }.joined(separator: ",")
        case .authority(let pathLength):
            return "critical,CA:TRUE" + (pathLength.map { ",pathlen:\(max($0, 0))" } ?? "")
        case .notAuthority: return "critical,CA:FALSE"
        case .subjectKeyIdentifier: return "hash"
        case .authorityKeyIdentifier: return "keyid:always"
        case .distributionPoint(let address):
            let allowed = address.utf8.allSatisfy { (0x21...0x7E).contains($0) && !",;\\\"".utf8.contains($0) }
            guard allowed, !address.isEmpty else {
                throw CertificateError(.notAllowed, "write the address \"\(address)\"")
            }
            return "URI:\(address)"
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func isDNSName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 253
        && name.utf8.allSatisfy { byte in
            isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-._*".utf8.contains(byte)
        }
}

final class ExtensionHandle: PointerOwner {
    let pointer: OpaquePointer

    init(_ content: ExtensionContent, issuer: OpaquePointer? = nil, subject: OpaquePointer? = nil) throws {
        guard let made = cossl_extension(issuer, subject, content.nid, try content.value()) else {
            throw CertificateError.fromQueue(.failed, "make a certificate extension")
        }
        pointer = made
    }

    deinit { X509_EXTENSION_free(pointer) }
}
