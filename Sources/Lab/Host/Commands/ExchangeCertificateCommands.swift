import Certificates
import FleetModel
import FoundationEssentials

/// Exchange's certificates, whose usages are called services.
enum ExchangeCertificateCommands {
    static let table: [String: Command] = [
        "New-ExchangeCertificate": { try await request($0) },
        "Import-ExchangeCertificate": { try importAnswer($0) },
        "Enable-ExchangeCertificate": { try enable($0) },
        "Get-ExchangeCertificate": { try list($0) },
    ]

    /// The request as text, the way all versions give it where no file is asked for.
    private static func request(_ context: CommandContext) async throws -> [CommandResult] {
        let arguments = context.arguments
        guard arguments.flag("GenerateRequest"), !arguments.has("RequestFile"), !arguments.flag("BinaryEncoded") else {
            throw context.failure("The lab plays -GenerateRequest with text alone.")
        }
        let subject: Subject
        if let name = arguments.text("SubjectName") {
            guard let read = DistinguishedNameText.subject(name) else {
                throw context.failure(
                    "The subject name \"\(name)\" is not valid.", target: name, hresult: WindowsError.invalidParameter)
            }
            subject = read
        } else {
            subject = Subject(commonName: context.host.fqdn)
        }
        let wish = PendingRequests.Wish(
            subject: subject,
            names: CsRequestCommands.distinct([subject.commonName] + arguments.commaList("DomainName")),
            bits: arguments.integer("KeySize") ?? 2048,
            friendlyName: arguments.text("FriendlyName") ?? "Microsoft Exchange",
            exportable: arguments.flag("PrivateKeyExportable"))
        let made = try await PendingRequests.make(wish, context)
        return [.plain(.string(PendingRequests.text(made)))]
    }

    private static func importAnswer(_ context: CommandContext) throws -> [CommandResult] {
        let (certificate, entry) = try PendingRequests.accept(
            context.requiredBytes("FileData"), password: context.arguments.secret("Password"),
            exportable: context.arguments.flag("PrivateKeyExportable"),
            friendlyName: context.arguments.text("FriendlyName"), context)
        return [.object(try properties(certificate, entry, pending: false, context))]
    }

    /// Adds services; those that a startup mode closes to TLS are refused.
    private static func enable(_ context: CommandContext) throws -> [CommandResult] {
        let known = ServiceCatalogue.usages(of: context.host.type, version: context.host.version)
        let modes = try context.state.startupModes()
        let services = try context.arguments.commaList("Services").map { name in
            guard let service = known.first(where: { $0.lowercased() == name.lowercased() }) else {
                throw context.failure("The lab does not play the service \(name).", target: name)
            }
            guard modes[service] != "TCP" else {
                throw context.failure(
                    "The certificate cannot be enabled for \(service): its startup mode is TCP. Set it to TLS or Dual.",
                    target: service)
            }
            return service
        }
        let certificate = try CsCertificateCommands.usable(context)
        try context.state.assign(certificate.thumbprint, to: services, type: context.host.type)
        return []
    }

    private static func list(_ context: CommandContext) throws -> [CommandResult] {
        let wanted = context.arguments.text("Thumbprint")?.uppercased()
        var found: [CommandResult] = []
        for (store, pending) in [(CertificateStore.Name.my, false), (.request, true)] {
            for entry in try context.state.store(store).entries() {
                if let wanted, wanted != entry.thumbprint { continue }
                guard let certificate = try? Certificate(entry.certificate) else { continue }
                found.append(.object(try properties(certificate, entry, pending: pending, context)))
            }
        }
        if let wanted, found.isEmpty {
            throw context.failure(
                "The certificate with thumbprint \(wanted) was not found.", target: wanted,
                hresult: WindowsError.notFound)
        }
        return found
    }

    private static func properties(
        _ certificate: Certificate, _ entry: StoreEntry, pending: Bool, _ context: CommandContext
    ) throws -> [String: JSONValue] {
        let services = try context.state.usages().filter { $0.value == entry.thumbprint }.keys.sorted()
        var properties = CertificateFacts.properties(certificate, entry: entry)
        properties["Services"] = .string(services.isEmpty ? "None" : services.joined(separator: ", "))
        properties["Status"] = .string(pending ? "PendingRequest" : status(certificate, context))
        properties["IsSelfSigned"] = .bool(certificate.isSelfIssued)
        properties["PrivateKeyExportable"] = .bool(entry.exportable)
        properties["CertificateDomains"] = .texts(certificate.dnsNames)
        properties["RootCAType"] = .string(certificate.isSelfIssued ? "None" : "Enterprise")
        return properties
    }

    private static func status(_ certificate: Certificate, _ context: CommandContext) -> String {
        do {
            _ = try context.chain(of: certificate)
            return "Valid"
        } catch let error as CertificateError where error.code == .chain {
            return ChainCommands.word(error.number) == "NotTimeValid" ? "DateInvalid" : "Untrusted"
        } catch {
            return "Invalid"
        }
    }
}
