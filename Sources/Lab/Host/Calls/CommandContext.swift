import Certificates
import FleetModel
import FoundationEssentials

/// What a command has at hand: the host, its state, its arguments.
struct CommandContext {
    let state: HostState
    let host: HostIdentity
    /// The bare cmdlet in the signature's spelling.
    let cmdlet: String
    let arguments: CommandArguments
    let now: Date
    /// A private folder that this call made: the agent removes it at its end.
    var madeFolder: String?

    func required(_ name: String) throws -> String {
        guard let text = arguments.text(name), !text.isEmpty else {
            throw CommandFailure(
                "Cannot process command because of one or more missing mandatory parameters: \(name).",
                id: "MissingMandatoryParameter,\(cmdlet)", category: "InvalidArgument", target: cmdlet,
                exception: "System.Management.Automation.ParameterBindingException", hresult: 0x8013_1501)
        }
        return text
    }

    func requiredBytes(_ name: String) throws -> Data {
        guard let data = arguments.bytes(name) else {
            throw CommandFailure(
                "Cannot bind parameter '\(name)': bytes are needed.",
                id: "ParameterArgumentTransformationError,\(cmdlet)", category: "InvalidData", target: cmdlet,
                exception: "System.Management.Automation.ParameterBindingException", hresult: 0x8013_1501)
        }
        return data
    }

    func failure(_ message: String, target: String? = nil, hresult: UInt32 = 0x8013_1509) -> CommandFailure {
        .product(cmdlet, message, target: target, hresult: hresult)
    }

    /// The certificates of a store; what does not parse is passed over, as Windows would not show it either.
    func certificates(_ store: CertificateStore.Name) throws -> [Certificate] {
        try state.store(store).entries().compactMap { try? Certificate($0.certificate) }
    }

    /// The entry of `My` with its certificate and key, for whoever needs all three.
    func ownEntry(_ thumbprint: String) throws -> StoreEntry? { try state.store(.my).entry(thumbprint) }

    /// The chain by the host's own Root and CA folders.
    ///
    /// - Throws: `CertificateError` `chain`.
    func chain(of certificate: Certificate) throws -> [Certificate] {
        try CertificateChain.verify(
            certificate, intermediates: certificates(.intermediate), roots: certificates(.root), at: now)
    }
}

/// What a command does.
typealias Command = @Sendable (inout CommandContext) async throws -> [CommandResult]
