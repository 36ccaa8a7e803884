import Certificates
import FleetModel
import FoundationEssentials

/// The agent's functions for private keys.
enum KeyCommands {
    static let table: [String: Command] = [
        "Import-KeyBundle": { try importBundle($0) },
        "Export-KeyBundle": { try exportBundle($0) },
        "Test-PrivateKey": { try prove($0) },
    ]

    /// A certificate of `My` whose key is there, with the key.
    private static func own(_ context: CommandContext) throws -> (StoreEntry, Certificate, PrivateKey) {
        let thumbprint = try context.required("Thumbprint")
        guard let entry = try context.ownEntry(thumbprint) else {
            throw CommandFailure.ours(
                "NotInStore", "no certificate \(thumbprint) in LocalMachine\\My", target: thumbprint)
        }
        guard let pem = entry.key else {
            throw CommandFailure.ours("KeyMissing", "\(thumbprint) has no private key", target: thumbprint)
        }
        do {
            return (entry, try Certificate(entry.certificate), try PrivateKey(pem: pem))
        } catch {
            throw CommandFailure.ours(
                "KeyNotUsable", "the key of \(thumbprint) does not open", target: thumbprint,
                hresult: WindowsError.noPrivateKey)
        }
    }

    /// Leaf with key to My, intermediates to CA, roots nowhere.
    private static func importBundle(_ context: CommandContext) throws -> [CommandResult] {
        let data = try context.requiredBytes("RawData")
        let password = context.arguments.secret("Password") ?? Secret(text: "")
        let bundle = try read(Secret(data), password: password)
        let entry = StoreEntry(
            thumbprint: bundle.certificate.thumbprint, certificate: bundle.certificate.der, key: try bundle.key.pem(),
            friendlyName: context.arguments.text("FriendlyName") ?? bundle.friendlyName ?? "",
            exportable: context.arguments.flag("Exportable"))
        try context.state.store(.my).add(entry)
        for intermediate in bundle.intermediates where !intermediate.isSelfIssued {
            try context.state.store(.intermediate).add(
                StoreEntry(thumbprint: intermediate.thumbprint, certificate: intermediate.der))
        }
        return [.object(CertificateFacts.properties(bundle.certificate, entry: entry))]
    }

    private static func read(_ data: Secret, password: Secret) throws -> PFX {
        do {
            return try PFX.read(data, password: password)
        } catch let error as CertificateError {
            switch error.code {
            case .wrongPassword:
                throw CommandFailure(
                    "wrong password, or an encryption that this Windows cannot read", id: "Certfleet.PfxRefused",
                    exception: "System.Security.Cryptography.CryptographicException",
                    hresult: WindowsError.wrongPassword)
            case .noKey: throw CommandFailure.ours("PfxNoKey", "the PFX holds no private key")
            default:
                throw CommandFailure.ours(
                    "PfxUnreadable", "the PFX cannot be read", hresult: WindowsError.badData)
            }
        }
    }

    /// The leaf with its key and the intermediates that the machine knows; never the root.
    private static func exportBundle(_ context: CommandContext) throws -> [CommandResult] {
        let (entry, certificate, key) = try own(context)
        guard entry.exportable else {
            throw CommandFailure(
                "the key of \(entry.thumbprint) cannot be exported: Key not valid for use in specified state.",
                id: "Certfleet.KeyNotExportable", target: entry.thumbprint,
                exception: "System.Security.Cryptography.CryptographicException", hresult: 0x8009_000B)
        }
        let chain = (try? context.chain(of: certificate)) ?? [certificate]
        let intermediates = chain.dropFirst().filter { !$0.isSelfIssued }
        let bundle = try PFX(
            certificate: certificate, key: key, intermediates: Array(intermediates), friendlyName: entry.friendlyName)
        let file = try bundle.write(
            password: context.arguments.secret("Password") ?? Secret(text: ""), form: .tripleDES)
        return [
            .object([
                "Thumbprint": .string(entry.thumbprint), "RawData": .bytes(Data(file.revealed)),
                "Certificates": .int(Int64(1 + intermediates.count)),
            ])
        ]
    }

    private static func prove(_ context: CommandContext) throws -> [CommandResult] {
        let (entry, _, key) = try own(context)
        let signature = try key.sign(context.requiredBytes("Nonce"))
        return [
            .object([
                "Thumbprint": .string(entry.thumbprint), "HashAlgorithm": .string("SHA256"),
                "Signature": .bytes(signature),
            ])
        ]
    }
}
