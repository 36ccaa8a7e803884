import Certificates
import FleetModel

/// Chains by the host's own stores.
enum ChainCommands {
    static let table: [String: Command] = ["Test-Chain": { try test($0) }]

    private static func test(_ context: CommandContext) throws -> [CommandResult] {
        let thumbprint = try context.required("Thumbprint")
        guard let entry = try context.ownEntry(thumbprint) else {
            throw CommandFailure.ours(
                "NotInStore", "no certificate \(thumbprint) in LocalMachine\\My", target: thumbprint)
        }
        let certificate = try Certificate(entry.certificate)
        var chain = [certificate]
        var status: [String] = []
        do {
            chain = try context.chain(of: certificate)
        } catch let error as CertificateError where error.code == .chain {
            status = [word(error.number)]
        }
        return [
            .object([
                "Thumbprint": .string(entry.thumbprint), "Valid": .bool(status.isEmpty), "Status": .texts(status),
                "Chain": .texts(chain.map(\.thumbprint)),
            ])
        ]
    }

    /// .NET's word for OpenSSL's verification error (X509_V_ERR_…).
    static func word(_ number: Int) -> String {
        switch number {
        case 9, 10, 13, 14: "NotTimeValid"
        case 18, 19: "UntrustedRoot"
        case 2, 20, 21: "PartialChain"
        case 7: "NotSignatureValid"
        default: "InvalidBasicConstraints"
        }
    }

    /// Windows' HRESULT for the same.
    static func hresult(_ number: Int) -> UInt32 {
        switch number {
        case 9, 10, 13, 14: WindowsError.notTimeValid
        case 2, 20, 21: WindowsError.incompleteChain
        default: WindowsError.untrustedRoot
        }
    }
}
