import AgentProtocol
import Certificates
import CmdletSignatures
import FleetModel
import FoundationEssentials
import Glibc

/// How a call ended, and what the agent must remember of it.
struct CallOutcome: Sendable {
    var done: Done
    /// A private folder that the call made.
    var madeFolder: String?
    /// A snap-in that the call added.
    var loaded: String?
    /// Cut the line instead of answering.
    var cuts = false
}

/// One call: bound as PowerShell's binder would, then carried out on the state folder.
struct CallRun: Sendable {
    /// Blobs already in place of their names.
    let invocation: CoordinatorFrame.Invocation
    let state: HostState
    let host: HostIdentity
    let signatures: SignatureTable
    /// Snap-ins that were added before: their cmdlets are not found otherwise, unlike a module's.
    let snapins: Set<String>
    let now: Date

    /// The name without its module.
    static func bareName(_ command: String) -> String {
        command.split(separator: "\\").last.map(String.init) ?? command
    }

    func perform() async -> CallOutcome {
        do {
            let binding = try bound()
            let names = binding.names
            guard let command = CommandTable.command(binding.signature.name) else {
                throw CommandFailure(
                    "The lab does not play \(binding.signature.name).", id: "NotPlayed,\(binding.signature.name)",
                    category: "NotImplemented", exception: "System.NotImplementedException", hresult: 0x8000_4001)
            }
            try CentralStore.above(state)?.replicate(to: state, host: host, now: now)
            var context = CommandContext(
                state: state, host: host, cmdlet: binding.signature.name,
                arguments: CommandArguments(invocation.parameters, names: names), now: now)
            let results = try await command(&context)
            let loaded = binding.signature.name == "Add-PSSnapin" ? context.arguments.text("Name") : nil
            return CallOutcome(
                done: Done(id: invocation.id, ok: true, out: results.map { $0.selected(invocation.select) }),
                madeFolder: context.madeFolder, loaded: loaded)
        } catch {
            return Self.failed(invocation.id, Self.failure(error))
        }
    }

    static func failed(_ id: String, _ failure: CommandFailure, ran: Bool = true) -> CallOutcome {
        CallOutcome(done: Done(id: id, ok: false, ran: ran, state: ran ? "Failed" : nil, errors: [failure.data]))
    }

    /// Asks the binder, and whether the name's module is the one that holds it on this product.
    private func bound() throws -> CmdletBinding {
        let bare = Self.bareName(invocation.command)
        switch signatures.binding(
            cmdlet: bare, values: invocation.parameters, product: host.version.product(for: host.type))
        {
        case .success(let binding):
            guard isThere(binding.signature) else { throw notFound() }
            return binding
        case .failure(let mistake):
            if mistake.id == .commandNotFound { throw notFound() }
            throw CommandFailure(
                mistake.message, id: "\(mistake.id.rawValue),\(bare)", category: "InvalidArgument", target: bare,
                exception: "System.Management.Automation.ParameterBindingException", hresult: 0x8013_1501)
        }
    }

    private func isThere(_ signature: CmdletSignature) -> Bool {
        let module = host.version.module(for: host.type)
        let home = signature.isOurs || signature.isWindows ? signature.module : module.name
        let qualifier = invocation.command.split(separator: "\\").dropLast().joined(separator: "\\")
        guard qualifier.isEmpty || qualifier.lowercased() == home.lowercased() else { return false }
        if case .snapin(let name) = module, !signature.isOurs, !signature.isWindows {
            return snapins.contains(name.lowercased())
        }
        return true
    }

    private func notFound() -> CommandFailure {
        CommandFailure(
            "The term '\(invocation.command)' is not recognized as the name of a cmdlet, function, script file, or "
                + "operable program.",
            id: "CommandNotFoundException", category: "ObjectNotFound", target: invocation.command,
            exception: "System.Management.Automation.CommandNotFoundException", hresult: 0x8013_1501)
    }

    private static func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case let failure as CommandFailure: return failure
        case let error as StateError where error.number == ENOSPC: return diskFull
        case let error as StateError where error.number == ENOENT:
            return CommandFailure(
                "Could not find a part of the path.", id: "DirectoryNotFoundException", category: "NotSpecified",
                exception: "System.IO.DirectoryNotFoundException", hresult: WindowsError.pathNotFound)
        case let error as CertificateError:
            return CommandFailure(
                "\(error)", id: "CryptographicException", category: "NotSpecified",
                exception: "System.Security.Cryptography.CryptographicException", hresult: WindowsError.badData)
        default:
            return CommandFailure(
                "\(error)", id: "IOException", category: "NotSpecified", exception: "System.IO.IOException",
                hresult: 0x8013_1620)
        }
    }

    static let diskFull = CommandFailure(
        "There is not enough space on the disk.", id: "IOException", category: "WriteError",
        exception: "System.IO.IOException", hresult: WindowsError.diskFull)
}
