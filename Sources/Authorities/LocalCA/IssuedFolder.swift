#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel

/// One `<SERIAL>.cer` (DER) for each certificate that an authority ever issued.
struct IssuedFolder {
    /// `nil`: remembered in memory only.
    var path: String?
    /// Files that were read, so that each is read once.
    private var read: Set<String> = []
    private var byKey: [Data: [Certificate]] = [:]

    init(path: String?) {
        self.path = path
    }

    /// What was signed for the same key, subject and names by the same issuer and is still valid, the newest first.
    mutating func find(_ request: CheckedRequest, issuer: Certificate) throws -> Certificate? {
        try readNew()
        let asked = request.request
        let names = Set(asked.dnsNames.map { $0.lowercased() })
        return (byKey[asked.publicKey] ?? [])
            .filter { known in
                known.subjectDER == asked.subjectDER && Set(known.dnsNames.map { $0.lowercased() }) == names
                    && known.isSigned(by: issuer) && request.now < known.notAfter
            }
            .max { $0.notBefore < $1.notBefore }
    }

    /// On disk, synced, when this returns.
    mutating func keep(_ certificate: Certificate) throws {
        let name = certificate.serial + ".cer"
        if let path { try FileBytes.writeAtomically(certificate.der, folder: path, name: name) }
        read.insert(name)
        byKey[certificate.publicKey, default: []].append(certificate)
    }

    /// A file that is no certificate was not put there by us; it cannot be the answer to anything.
    private mutating func readNew() throws {
        guard let path else { return }
        for name in try FileBytes.names(in: path) where name.hasSuffix(".cer") && !read.contains(name) {
            let data = try FileBytes.read("\(path)/\(name)")
            read.insert(name)
            guard let certificate = try? Certificate(data) else { continue }
            byKey[certificate.publicKey, default: []].append(certificate)
        }
    }
}
