import Authorities
import Certificates
import FleetModel
import Foundation
import Planning

/// The certificates of the inventory's authorities, read once per command.
struct AuthorityFiles: Sendable {
    /// Issuers and roots, DER, by authority; and in the form in which servers are given them.
    var chains: [String: [Data]] = [:]
    var bundles: [String: AuthorityChain] = [:]
    var roots: [Certificate] = []

    /// - Throws: ``Refusal`` 65 naming the file that cannot be read.
    static func read(_ inventory: Inventory) throws -> AuthorityFiles {
        var files = AuthorityFiles()
        for authority in inventory.authorities.values.sorted(by: { $0.name < $1.name }) {
            var paths = authority.chain
            if case .local(let certificate, _, _, _) = authority.kind { paths.insert(certificate, at: 0) }
            var all: [Certificate] = []
            for path in paths {
                for certificate in try certificates(path, authority)
                where !all.contains(where: { $0.der == certificate.der }) {
                    all.append(certificate)
                }
            }
            let roots = all.filter(\.isSelfIssued)
            let others = all.filter { !$0.isSelfIssued }
            files.roots += roots
            files.chains[authority.name] = all.map(\.der)
            files.bundles[authority.name] = AuthorityChain(
                roots: CertificateBundle.pem(roots), intermediates: CertificateBundle.pem(others),
                rootThumbprints: roots.map(\.thumbprint), intermediateThumbprints: others.map(\.thumbprint),
                issuers: all.map(\.commonName))
        }
        return files
    }

    private static func certificates(_ path: String, _ authority: AuthorityDefinition) throws -> [Certificate] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(
                .badInput,
                "\(authority.place): authority \(authority.name): \(path) cannot be read\n  hint: put the CA's certificate there"
            )
        }
        do {
            return try CertificateBundle.read(data)
        } catch {
            throw Refusal(.badInput, "\(authority.place): authority \(authority.name): \(path): \(error)")
        }
    }
}

extension AuthorityRouter {
    /// The project's authorities, with their records in its state folder.
    ///
    /// - Parameter secrets: None where nothing is handed in.
    init(_ project: Project, secrets: SecretStore?, now: @escaping @Sendable () -> Date = { Date() }) {
        let state = URL(fileURLWithPath: project.place.statePath).standardizedFileURL.path
        let surroundings = AuthoritySurroundings(folder: project.inventory.folder, stateFolder: state) { name in
            guard let secrets else {
                throw Fault("secret.unknown", .refused, "the secret '\(name)' is not asked for here")
            }
            return try await secrets.secret(name)
        }
        self.init(authorities: project.inventory.authorities, surroundings: surroundings, now: now)
    }
}
