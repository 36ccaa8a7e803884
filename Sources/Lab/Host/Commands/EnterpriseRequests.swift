import Certificates
import FleetModel
import FoundationEssentials

/// The immediate mode: a server that asks an authority of the directory by itself.
///
/// The authority is one of the lab's, in the folder beside the hosts. What it says arrives as the product's exception
/// with the authority's code in its text; a logon without network credentials does not get as far as the authority.
struct EnterpriseRequests {
    private struct Entry: Codable {
        var id: Int
        var authority: String
        var friendlyName: String
    }

    private let context: CommandContext

    init(_ context: CommandContext) { self.context = context }

    // MARK: Asking

    func ask(_ configuration: String, _ wish: PendingRequests.Wish) async throws -> [CommandResult] {
        let folder = try labFolder()
        let (name, site) = try authority(configuration, in: folder)
        try checkLogon(site, name, in: folder)
        let template = context.arguments.text("Template") ?? "WebServer"
        if let offered = site.templates, !offered.contains(template) {
            throw denied("0x80094800 (-2146875392 CERTSRV_E_UNSUPPORTED_CERT_TYPE)", template)
        }
        if let denial = site.faults.lazy.compactMap(\.denial).first {
            throw denied("\(denial.code) (\(denial.name))", template)
        }
        let request = try await PendingRequests.make(wish, context)
        let ca = WebCA(folder: folder, authority: name)
        // Several servers ask at once, and each gets a number of its own.
        let record = try StateFile.exclusively(folder.webSite(name)) {
            let taken = try ca.take(request, template: template)
            return site.faults.contains(.approval)
                ? taken : try ca.issue(taken, faults: site.faults, now: context.now)
        }
        try remember(Entry(id: record.id, authority: name, friendlyName: wish.friendlyName))
        if let certificate = try ca.certificate(record) { try takeIn(certificate) }
        return []
    }

    private func takeIn(_ certificate: Certificate) throws {
        _ = try PendingRequests.accept(
            certificate.der, password: nil, exportable: false, friendlyName: nil, context)
    }

    // MARK: Requests made before

    func list() throws -> [CommandResult] {
        let folder = try labFolder()
        return try entries().map { entry in
            let record = try WebCA(folder: folder, authority: entry.authority).find(entry.id)
            return .object([
                "RequestId": .int(Int64(entry.id)), "FriendlyName": .string(entry.friendlyName),
                "State": .string(Self.word(record?.state ?? .pending)),
            ])
        }
    }

    /// Without a number: all that wait. It has no parameter for another account.
    func retrieve() throws -> [CommandResult] {
        let folder = try labFolder()
        let number = context.arguments.integer("RequestId")
        for entry in try entries() where number.map({ $0 == entry.id }) ?? true {
            guard context.host.hasNetworkCredentials == true else { throw unreachable() }
            let ca = WebCA(folder: folder, authority: entry.authority)
            guard let record = try ca.find(entry.id) else { continue }
            switch record.state {
            case .pending: continue
            case .denied: throw denied("0x80094014 (-2146877420 CERTSRV_E_ADMIN_DENIED_REQUEST)", nil)
            case .issued: if let certificate = try ca.certificate(record) { try takeIn(certificate) }
            }
        }
        return []
    }

    func clear() throws -> [CommandResult] {
        let number = context.arguments.integer("RequestId")
        try StateFile.writeJSON(try entries().filter { number != nil && $0.id != number }, to: path)
        return []
    }

    private static func word(_ state: WebRequestRecord.State) -> String {
        switch state {
        case .pending: "Pending"
        case .issued: "Issued"
        case .denied: "Denied"
        }
    }

    private var path: String { "\(context.state.folder)/requests.json" }

    private func entries() throws -> [Entry] { try StateFile.readJSON([Entry].self, path) ?? [] }

    private func remember(_ entry: Entry) throws {
        try StateFile.writeJSON(try entries() + [entry], to: path)
    }

    // MARK: The authority

    /// A host's folder is `hosts/NAME` of the lab's.
    private func labFolder() throws -> LabFolder {
        do {
            return try LabFolder(existing: "\(context.state.folder)/../..")
        } catch {
            throw unreachable()
        }
    }

    private func authority(_ configuration: String, in folder: LabFolder) throws -> (String, WebSiteRecord) {
        for entry in (try? LabRecord.read(folder))?.authorities ?? [] {
            if let site = try? WebSiteRecord.read(entry.name, in: folder),
                site.online?.lowercased() == configuration.lowercased()
            {
                return (entry.name, site)
            }
        }
        throw unreachable()
    }

    private func checkLogon(_ site: WebSiteRecord, _ name: String, in folder: LabFolder) throws {
        guard let user = context.arguments.text("CaAccount") else {
            guard context.host.hasNetworkCredentials == true else { throw unreachable() }
            return
        }
        let password = context.arguments.secret("CaPassword")?.revealedText
        let right = try StateFile.read(folder.webPassword(name)).map { String(decoding: $0, as: UTF8.self) }
        guard user.lowercased() == site.user.lowercased(), password != nil, password == right else {
            throw exception("The user name or password is incorrect. 0x8007052e (WIN32: 1326 ERROR_LOGON_FAILURE)")
        }
    }

    /// What DCOM says when nobody answers, and what it says to a logon by key.
    private func unreachable() -> CommandFailure {
        exception(
            "CCertRequest::Submit: The RPC server is unavailable. 0x800706ba (WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)")
    }

    private func denied(_ code: String, _ template: String?) -> CommandFailure {
        exception(
            "The certificate request was denied: Denied by Policy Module  \(code)"
                + (template.map { ": \($0)" } ?? ""))
    }

    private func exception(_ message: String) -> CommandFailure {
        CommandFailure(
            message, id: "ProcessingFailed,\(context.cmdlet)",
            exception: "Microsoft.Rtc.Management.Common.Certificates.CertificateException", hresult: 0x8013_1500)
    }
}
