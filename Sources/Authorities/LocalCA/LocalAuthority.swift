#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel
import Synchronization

/// An issuing authority whose certificate and key are files here.
///
/// A copy of each certificate is on disk before the answer leaves, so that a run that dies in between finds it again:
/// a key it has signed before, for the same names, gets the same certificate.
final class LocalAuthority: AuthorityBackEnd {
    private let faults: AuthorityFaults
    private let files: LocalAuthorityFiles
    private let days: Int
    private let opened = Mutex<OpenAuthority?>(nil)

    /// - Parameter issuedFolder: Without one, what was signed is remembered for this process only.
    init(
        name: String, certificatePath: String, keyPath: String, days: Int, chainPaths: [String], issuedFolder: String?
    ) {
        faults = AuthorityFaults(authority: name)
        files = LocalAuthorityFiles(
            certificate: certificatePath, key: keyPath, chain: chainPaths, issued: issuedFolder)
        self.days = days
    }

    func pending() -> PendingList { PendingList() }

    func cancel(_ request: PendingRequest) -> Bool { false }

    func issue(_ request: CheckedRequest) -> IssueOutcome {
        // Calls come one at a time from the authority's queue; the lock is never waited for.
        opened.withLock { opened in
            do {
                var authority = try opened ?? files.open(faults, now: request.now)
                defer { opened = authority }
                if let known = try authority.issued.find(request, issuer: authority.signer.certificate) {
                    return .issued(answer(known, authority))
                }
                let made = try sign(request, authority)
                try authority.issued.keep(made)
                return .issued(answer(made, authority))
            } catch {
                return .failed(faults.fault(error))
            }
        }
    }

    /// No certificate outlives its issuer: what it would promise after that cannot be verified.
    private func sign(_ request: CheckedRequest, _ authority: OpenAuthority) throws -> Certificate {
        var validity = Validity(days: days, from: request.now)
        let issuer = authority.signer.certificate
        guard request.now < issuer.notAfter else {
            throw faults.fault("expired", "its own certificate has expired", hint: "renew \(files.certificate)")
        }
        validity.notAfter = min(validity.notAfter, issuer.notAfter)
        validity.notBefore = max(validity.notBefore, issuer.notBefore)
        return try authority.signer.sign(request.request, validity: validity, usages: request.order.ekus)
    }

    private func answer(_ certificate: Certificate, _ authority: OpenAuthority) -> IssuedCertificate {
        IssuedCertificate(
            certificate: certificate.der, chain: authority.chain.map(\.der), thumbprint: certificate.thumbprint,
            serial: certificate.serial)
    }
}

/// An authority whose files have been read.
struct OpenAuthority {
    var signer: CertificateSigner
    /// The authority's own certificate first, its root last.
    var chain: [Certificate]
    var issued: IssuedFolder
}

/// Where an authority's files are.
struct LocalAuthorityFiles: Sendable {
    var certificate: String
    var key: String
    var chain: [String]
    var issued: String?

    /// Reads them all.
    ///
    /// - Throws: ``Fault`` that names the authority and the file.
    func open(_ faults: AuthorityFaults, now: Date) throws -> OpenAuthority {
        let own = try faults.certificates(in: certificate)
        let others = try chain.flatMap { try faults.certificates(in: $0) }
        guard let first = own.first else { throw faults.fault("unreadable", "\(certificate) holds no certificate") }
        let signer: CertificateSigner
        do {
            signer = try CertificateSigner(certificate: first, key: PrivateKey(pem: FileBytes.readSecret(key)))
        } catch let error as FileError {
            throw faults.fault("unreadable", "\(error)", hint: "the private key belongs to the user who runs this")
        } catch {
            throw faults.fault("unreadable", "cannot use the private key \(key): \(error)")
        }
        let known = own + others
        do {
            let path = try CertificateChain.verify(
                first, intermediates: known, roots: known.filter(\.isSelfIssued), at: now)
            return OpenAuthority(signer: signer, chain: path, issued: IssuedFolder(path: issued))
        } catch {
            throw faults.fault(
                "chain", "its certificate does not lead to a root: \(error)",
                hint: "name the root's file under the authority's chain in the inventory")
        }
    }
}
