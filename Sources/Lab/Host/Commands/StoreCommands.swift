import Certificates
import FleetModel
import FoundationEssentials

/// The agent's functions for certificate stores.
enum StoreCommands {
    static let table: [String: Command] = [
        "Get-StoreCertificate": { try list($0) },
        "Add-CertificateBundle": { try addBundle($0) },
        "Remove-StoreCertificate": { try remove($0) },
        "Get-CertificateRequest": { try requested($0) },
        "Remove-PendingRequest": { try removePending($0) },
        "Get-TrustProblem": { try problems($0) },
        "Move-MisplacedRoot": { try moveMisplaced($0) },
    ]

    private static func store(_ context: CommandContext, _ name: String) throws -> CertificateStore {
        let known: [String: CertificateStore.Name] = [
            "my": .my, "root": .root, "ca": .intermediate, "request": .request,
        ]
        guard let name = known[name.lowercased()] else {
            throw CommandFailure.ours(
                "StoreNotOpened", "store LocalMachine\\\(name) does not open: it is not there",
                target: "LocalMachine\\\(name)", hresult: WindowsError.fileNotFound)
        }
        return context.state.store(name)
    }

    private static func list(_ context: CommandContext) throws -> [CommandResult] {
        let wanted = context.arguments.text("Thumbprint")?.uppercased()
        let raw = context.arguments.flag("Raw")
        return try store(context, context.arguments.text("Store") ?? "My").entries().compactMap { entry in
            if let wanted, !wanted.isEmpty, entry.thumbprint != wanted { return nil }
            guard let certificate = try? Certificate(entry.certificate) else { return nil }
            return .object(CertificateFacts.properties(certificate, entry: entry, raw: raw))
        }
    }

    private static func requested(_ context: CommandContext) throws -> [CommandResult] {
        let name = try context.required("FriendlyName")
        for (store, state) in [(CertificateStore.Name.my, "Issued"), (.request, "Waiting")] {
            for entry in try context.state.store(store).entries() where entry.friendlyName == name {
                var facts = CertificateFacts.properties(try Certificate(entry.certificate), entry: entry, raw: true)
                facts["State"] = .string(state)
                return [.object(facts)]
            }
        }
        return []
    }

    /// Self-signed ones to Root, the others to CA.
    private static func addBundle(_ context: CommandContext) throws -> [CommandResult] {
        let certificates = try read(try context.requiredBytes("RawData"))
        return try certificates.map { certificate in
            guard certificate.isAuthority else {
                throw CommandFailure.ours(
                    "NotAnAuthority", "\(certificate.subject) is no CA certificate and belongs in neither store",
                    target: certificate.thumbprint)
            }
            let name: CertificateStore.Name = certificate.isSelfIssued ? .root : .intermediate
            let store = context.state.store(name)
            let there = try store.entry(certificate.thumbprint) != nil
            if !there {
                try store.add(StoreEntry(thumbprint: certificate.thumbprint, certificate: certificate.der))
            }
            return .object([
                "Thumbprint": .string(certificate.thumbprint), "Subject": .string(certificate.subject),
                "Store": .string(name.rawValue), "Added": .bool(!there),
            ])
        }
    }

    private static func read(_ data: Data) throws -> [Certificate] {
        do {
            return try CertificateBundle.read(data)
        } catch {
            throw CommandFailure.ours("NotACertificate", "the data is no certificate and no PKCS#7 bundle")
        }
    }

    private static func remove(_ context: CommandContext) throws -> [CommandResult] {
        let name = try context.required("Store")
        let thumbprint = try context.required("Thumbprint")
        let removed = try store(context, name).remove(thumbprint)
        return [
            .object([
                "Thumbprint": .string(thumbprint), "Store": .string(name), "Removed": .int(removed ? 1 : 0),
            ])
        ]
    }

    /// From Root to CA, where it belongs; one that is not there is no error.
    private static func moveMisplaced(_ context: CommandContext) throws -> [CommandResult] {
        let thumbprint = try context.required("Thumbprint").uppercased()
        let roots = context.state.store(.root)
        let entry = try roots.entry(thumbprint)
        if let entry {
            let certificate = try Certificate(entry.certificate)
            guard !certificate.isSelfIssued else {
                throw CommandFailure.ours(
                    "SelfSigned", "\(certificate.subject) is self-signed and stays among the roots", target: thumbprint)
            }
            try context.state.store(.intermediate).add(entry)
            try roots.remove(thumbprint)
        }
        return [.object(["Thumbprint": .string(thumbprint), "Moved": .bool(entry != nil)])]
    }

    private static func removePending(_ context: CommandContext) throws -> [CommandResult] {
        let name = try context.required("FriendlyName")
        let requests = context.state.store(.request)
        let found = try requests.entries().filter { $0.friendlyName == name }
        for entry in found { try requests.remove(entry.thumbprint) }
        let count = Int64(found.count)
        return [.object(["FriendlyName": .string(name), "Removed": .int(count), "KeysRemoved": .int(count)])]
    }

    private static func problems(_ context: CommandContext) throws -> [CommandResult] {
        var found: [CommandResult] = []
        func say(_ kind: String, _ certificate: Certificate) {
            found.append(
                .object([
                    "Kind": .string(kind), "Thumbprint": .string(certificate.thumbprint),
                    "Subject": .string(certificate.subject), "NotAfter": .date(certificate.notAfter),
                ]))
        }
        var seen: Set<String> = []
        for root in try context.certificates(.root) {
            if !root.isSelfIssued { say("NotSelfSignedInRoot", root) }
            if root.notAfter < context.now { say("ExpiredRoot", root) }
            if !seen.insert(root.subject).inserted { say("RootWithSameName", root) }
        }
        let count = try context.state.store(.root).thumbprints().count
        if count > 100 {
            found.append(
                .object([
                    "Kind": .string("TooManyRoots"), "Thumbprint": .string(""), "Subject": .string("\(count) roots"),
                    "NotAfter": .null,
                ]))
        }
        for entry in try context.state.store(.my).entries() {
            guard let certificate = try? Certificate(entry.certificate) else { continue }
            if entry.key == nil {
                say("NoPrivateKey", certificate)
            } else if entry.keyProblem != nil {
                say("KeyNotLegacyProvider", certificate)
            }
            if certificate.notAfter < context.now { say("Expired", certificate) }
        }
        return found
    }
}
