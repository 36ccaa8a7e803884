#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import COpenSSL
import FleetModel

/// A subject or issuer as it stands in a certificate.
struct DistinguishedName {
    let text: String
    let der: Data
    let commonName: String

    init(_ name: OpaquePointer?) throws {
        guard let name else { throw CertificateError(.unreadable, "read a name") }
        var fields: [String] = []
        var commonName = ""
        for index in 0..<max(X509_NAME_entry_count(name), 0) {
            var value: UnsafeMutablePointer<UInt8>?
            var length: Int32 = -1
            let oid = Certificates.text { buffer, size in
                length = cossl_name_entry(name, index, buffer, size, &value)
                return length < 0 ? -1 : 1
            }
            defer { cossl_release(value) }
            guard let oid, let value, length >= 0 else {
                throw CertificateError.fromQueue(.unreadable, "read a name")
            }
            let written = String(decoding: UnsafeBufferPointer(start: value, count: Int(length)), as: UTF8.self)
            if oid == "2.5.4.3" { commonName = written }
            fields.append("\(Self.abbreviation[oid] ?? "OID.\(oid)")=\(Self.quoted(written))")
        }
        // Windows prints the fields from the narrowest to the widest, the other way round than they are encoded.
        self.text = fields.reversed().joined(separator: ", ")
        self.commonName = commonName
        self.der = try encode("write a name") { i2d_X509_NAME(name, $0) }
    }

    /// The abbreviations of Windows' `CertNameToStr`: a state is `S`, an e-mail address `E`.
    private static let abbreviation = [
        "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "S", "2.5.4.9": "STREET", "2.5.4.10": "O",
        "2.5.4.11": "OU", "2.5.4.5": "SERIALNUMBER", "0.9.2342.19200300.100.1.25": "DC", "1.2.840.113549.1.9.1": "E",
    ]

    /// In double quotes where a reader would misunderstand the bare text.
    private static func quoted(_ value: String) -> String {
        let special: Set<Character> = [",", "+", "=", "\"", "\n", "\r", "<", ">", "#", ";"]
        guard value.isEmpty || value.contains(where: special.contains) || value.first == " " || value.last == " " else {
            return value
        }
        var text = "\""
        for character in value { text += character == "\"" ? "\"\"" : String(character) }
        return text + "\""
    }

    /// Writes a subject into a name under construction, widest field first as authorities do.
    static func write(_ subject: Subject, into name: OpaquePointer) throws {
        let fields: [(Int32, String?)] = [
            (NID_countryName, subject.organization.country), (NID_stateOrProvinceName, subject.organization.state),
            (NID_localityName, subject.organization.locality), (NID_organizationName, subject.organization.name),
            (NID_organizationalUnitName, subject.organization.unit), (NID_commonName, subject.commonName),
        ]
        for case (let nid, let value?) in fields where !value.isEmpty {
            // A zero would end the text early for C.
            guard !value.utf8.contains(0), cossl_add_name_entry(name, nid, value) == 1 else {
                throw CertificateError.fromQueue(.notAllowed, "write the subject field \"\(value)\"")
            }
        }
    }
}
