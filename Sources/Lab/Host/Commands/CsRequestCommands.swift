import Certificates
import FleetModel
import FoundationEssentials

/// Lync's and Skype for Business' requests and answers.
enum CsRequestCommands {
    static let table: [String: Command] = [
        "Request-CsCertificate": { try await request($0) },
        "Import-CsCertificate": { try importAnswer($0) },
    ]

    private static func request(_ context: CommandContext) async throws -> [CommandResult] {
        let arguments = context.arguments
        if arguments.flag("List") { return try EnterpriseRequests(context).list() }
        if arguments.flag("Retrieve") { return try EnterpriseRequests(context).retrieve() }
        if arguments.flag("Clear") { return try EnterpriseRequests(context).clear() }
        let wish = try wish(context)
        if let configuration = arguments.text("CA") {
            return try await EnterpriseRequests(context).ask(configuration, wish)
        }
        // The place first: no key is made for a request that cannot be written.
        let place = try PrivateFileCommands.place(try context.required("Output"), context)
        let made = try await PendingRequests.make(wish, context)
        try context.state.privateFolders.write(
            Data(PendingRequests.text(made).utf8), folder: place.folder, file: place.file)
        return []
    }

    /// What the product works out of the topology, and what is added to it.
    private static func wish(_ context: CommandContext) throws -> PendingRequests.Wish {
        let (arguments, host) = (context.arguments, context.host)
        let usages = try CsUsages.legal(context)
        let common = host.commonName(for: usages)
        var names = [common]
        // The pool's roles have the server's own name everywhere but on the external web services.
        if [.frontEnd, .director, .mediation].contains(host.type), usages != ["WebServicesExternal"] {
            names.append(host.fqdn)
        }
        // Of the SIP domains the default one comes by itself.
        let sip = (host.topology?.sipDomains ?? []).map { "sip.\($0)" }
        if arguments.flag("AllSipDomain") {
            names += sip
        } else if [.frontEnd, .standardEdition, .director].contains(host.type), usages.contains("Default") {
            names += sip.prefix(1)
        }
        names += arguments.commaList("DomainName")
        return PendingRequests.Wish(
            subject: Subject(
                commonName: common,
                organization: Organization(
                    name: arguments.text("Organization"), unit: arguments.text("OU"),
                    locality: arguments.text("City"), state: arguments.text("State"),
                    country: arguments.text("Country"))),
            names: distinct(names), bits: arguments.integer("KeySize") ?? 2048,
            friendlyName: arguments.text("FriendlyName") ?? "\(host.name) \(usages.joined(separator: "+"))",
            exportable: arguments.flag("PrivateKeyExportable"), clientEKU: arguments.flag("ClientEKU"))
    }

    /// In their order, each once, whatever its case.
    static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0.lowercased()).inserted }
    }

    private static func importAnswer(_ context: CommandContext) throws -> [CommandResult] {
        let data = try PrivateFileCommands.file(at: context.required("Path"), context)
        _ = try PendingRequests.accept(
            data, password: context.arguments.secret("Password"),
            exportable: context.arguments.flag("PrivateKeyExportable"), friendlyName: nil, context)
        return []
    }
}

/// The usages in the parameter `Type`.
enum CsUsages {
    /// In the product's spelling.
    ///
    /// - Throws: when the role has no such usage.
    static func legal(_ context: CommandContext) throws -> [String] {
        let known = ServiceCatalogue.usages(of: context.host.type, version: context.host.version)
        return try (context.arguments.list("Type") ?? []).map { name in
            guard let usage = known.first(where: { $0.lowercased() == name.lowercased() }) else {
                throw context.failure(
                    "Certificate usage \"\(name)\" is not valid for a server of this role.", target: name,
                    hresult: WindowsError.invalidParameter)
            }
            return usage
        }
    }
}
