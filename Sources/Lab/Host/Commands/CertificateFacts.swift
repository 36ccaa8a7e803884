import Certificates
import FleetModel
import FoundationEssentials

/// The properties of a certificate as the agent's functions give them.
enum CertificateFacts {
    static let provider = "Microsoft RSA SChannel Cryptographic Provider"

    static func properties(_ certificate: Certificate, entry: StoreEntry?, raw: Bool = false) -> [String: JSONValue] {
        let hasKey = entry?.key != nil
        var facts: [String: JSONValue] = [
            "Thumbprint": .string(certificate.thumbprint),
            "Subject": .string(certificate.subject),
            "Issuer": .string(certificate.issuer),
            "SerialNumber": .string(certificate.serial),
            "NotBefore": .date(certificate.notBefore),
            "NotAfter": .date(certificate.notAfter),
            "FriendlyName": .string(entry?.friendlyName ?? ""),
            "DnsNames": .texts(certificate.dnsNames),
            "Ekus": .texts(certificate.ekus),
            "IsCa": .bool(certificate.isAuthority),
            "SelfIssued": .bool(certificate.isSelfIssued),
            "SignatureAlgorithm": .string(certificate.signatureAlgorithm),
            "KeyAlgorithm": .string("1.2.840.113549.1.1.1"),
            "KeySize": certificate.keyBits.map { .int(Int64($0)) } ?? .null,
            "HasPrivateKey": .bool(hasKey),
            "KeyProvider": hasKey ? .string(provider) : .null,
            "KeySpec": hasKey ? .string("Exchange") : .null,
            "KeyExportable": hasKey ? .bool(entry?.exportable ?? false) : .null,
            "KeyMachine": hasKey ? .bool(true) : .null,
            "KeyProblem": entry?.keyProblem.map { .string($0) } ?? .null,
        ]
        if raw { facts["RawData"] = .bytes(certificate.der) }
        return facts
    }
}
