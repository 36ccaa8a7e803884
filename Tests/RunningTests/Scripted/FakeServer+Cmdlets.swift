import FleetModel
import Foundation

/// The handful of cmdlets that the procedures of Front Ends and Edge servers call.
extension FakeServer {
    func output(of call: FakeCall) throws -> [JSONValue] {
        replicate()
        return switch call.cmdlet {
        case "Get-HostFact": [.object(["PowerShell": .string("5.1")])]
        case "Get-StoreCertificate": try storeEntries(call)
        case "Add-CertificateBundle": try addBundle(call)
        case "New-PrivateFolder", "Get-PrivateFolder", "Remove-PrivateFolder", "Read-PrivateFile", "Write-PrivateFile":
            try privateFiles(call)
        case "Request-CsCertificate": try request(call)
        case "Remove-PendingRequest": removePending(try call.text("FriendlyName"))
        case "Import-CsCertificate": try importAnswer(call)
        case "Export-KeyBundle": try export(call)
        case "Import-KeyBundle": try importBundle(call)
        case "Get-TrustProblem": []
        case "Test-Chain": [.object(["Valid": .bool(!roots.isEmpty)])]
        case "Test-PrivateKey": try sign(call)
        case "Set-CsCertificate": try assign(call)
        case "Get-CsCertificate": assignments(call.list("Type"), global: call.optional("Identity") == "global")
        case "Get-CsManagementStoreReplicationStatus":
            [.object(["UpToDate": .bool(!lags(try call.text("ReplicaFqdn")))])]
        case "Invoke-CsManagementStoreReplication": try askFor(try call.text("ReplicaFqdn"))
        case "Stop-CsWindowsService", "Start-CsWindowsService": setServices(call)
        case "Get-CsWindowsService": serviceList(call.optional("Name"))
        case "Get-CsUpgradeDomainInfo": []
        case "Get-CsPoolUpgradeReadinessState": [.object(["State": .string(readiness)])]
        case "Get-CsPoolFabricState": fabricState()
        case "Get-TlsCertificate":
            served(assigned.keys, port: call.number("Port")).map { .object(["Thumbprint": .string($0)]) }
        default: throw FakeRefusal(message: "\(call.cmdlet) is not known here")
        }
    }

    // MARK: Stores

    private func storeEntries(_ call: FakeCall) throws -> [JSONValue] {
        switch try call.text("Store") {
        case "Root": return roots.map { .object(["Thumbprint": .string($0)]) }
        case "CA": return intermediates.map { .object(["Thumbprint": .string($0)]) }
        default: break
        }
        let wanted = call.optional("Thumbprint")
        return my.filter { wanted == nil || $0.minted.thumbprint == wanted }.map(Self.described)
    }

    private static func described(_ entry: Entry) -> JSONValue {
        let style = Date.ISO8601FormatStyle()
        return .object([
            "Thumbprint": .string(entry.minted.thumbprint), "NotBefore": .string(style.format(entry.notBefore)),
            "NotAfter": .string(style.format(entry.notAfter)), "FriendlyName": .string(entry.friendlyName),
            "Subject": .string("CN=\(entry.minted.subject)"),
            "DnsNames": .array(entry.minted.names.map(JSONValue.string)),
            "Ekus": .array([.string(ExtendedKeyUsage.serverAuthentication)]), "KeySize": .int(2048),
            "HasPrivateKey": .bool(true), "KeyExportable": .bool(entry.exportable),
            "RawData": bytes(entry.minted.bytes),
        ])
    }

    private static func bytes(_ data: Data) -> JSONValue { .object(["by": .string(data.base64EncodedString())]) }

    private func addBundle(_ call: FakeCall) throws -> [JSONValue] {
        let text = String(decoding: try call.data("RawData"), as: UTF8.self)
        if text == "ROOT" { roots.append(text) } else { intermediates.append(text) }
        return []
    }

    private func importAnswer(_ call: FakeCall) throws -> [JSONValue] {
        guard let minted = book.find(try file(call.text("Path"))) else { throw FakeRefusal(message: "no certificate") }
        guard let index = requests.firstIndex(where: { $0.key == minted.key }) else {
            throw FakeRefusal(message: "no request of this key waits")
        }
        let request = requests.remove(at: index)
        keep(minted, name: request.name, exportable: request.exportable)
        return []
    }

    private func keep(_ minted: Minted, name: String, exportable: Bool) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        my.append(
            Entry(
                minted: minted, friendlyName: name, notBefore: now, notAfter: now.addingTimeInterval(730 * 86_400),
                exportable: exportable))
    }

    // MARK: Private folders

    private func privateFiles(_ call: FakeCall) throws -> [JSONValue] {
        func path(_ name: String) -> String { #"C:\private\"# + name }
        switch call.cmdlet {
        case "New-PrivateFolder":
            folders[path(try call.text("Name"))] = [:]
        case "Get-PrivateFolder":
            let name = try call.text("Name")
            guard let files = folders[path(name)] else { return [] }
            return [
                .object([
                    "Name": .string(name), "Path": .string(path(name)),
                    "Files": .array(files.keys.sorted().map(JSONValue.string)),
                ])
            ]
        case "Remove-PrivateFolder":
            guard folders.removeValue(forKey: try call.text("Folder")) != nil else {
                throw FakeRefusal(message: "no such folder")
            }
        case "Write-PrivateFile":
            folders[try call.text("Folder")]?[try call.text("Name")] = try call.data("RawData")
        default:
            return [
                .object(["RawData": Self.bytes(try file(call.text("Folder") + #"\"# + call.text("Name")))])
            ]
        }
        return []
    }

    private func file(_ path: String) throws -> Data {
        let parts = path.split(separator: #"\"#)
        let folder = parts.dropLast().joined(separator: #"\"#)
        guard let name = parts.last, let data = folders[folder]?[String(name)] else {
            throw FakeRefusal(message: "no file \(path)")
        }
        return data
    }

    // MARK: Keys

    private func request(_ call: FakeCall) throws -> [JSONValue] {
        let name = try call.text("FriendlyName")
        guard !requests.contains(where: { $0.name == name }) else {
            throw FakeRefusal(message: "the friendly name is taken")
        }
        let parts = try call.text("Output").split(separator: #"\"#)
        let folder = parts.dropLast().joined(separator: #"\"#)
        guard folders[folder] != nil, let file = parts.last else { throw FakeRefusal(message: "no folder") }
        made += 1
        let key = "\(host.name)-key\(made)"
        requests.append((name, key, call.flag("PrivateKeyExportable")))
        folders[folder]?[String(file)] = Data("request|\(key)".utf8)
        return []
    }

    private func removePending(_ name: String) -> [JSONValue] {
        requests.removeAll { $0.name == name }
        return []
    }

    private func entry(_ call: FakeCall) throws -> Entry {
        let thumbprint = try call.text("Thumbprint")
        guard let entry = my.first(where: { $0.minted.thumbprint == thumbprint }) else {
            throw FakeRefusal(message: "no certificate \(thumbprint)")
        }
        return entry
    }

    private func sign(_ call: FakeCall) throws -> [JSONValue] {
        let text = "signature|\(try entry(call).minted.key)|\(try call.data("Nonce").base64EncodedString())"
        return [.object(["Signature": Self.bytes(Data(text.utf8)), "HashAlgorithm": .string("SHA256")])]
    }

    private func export(_ call: FakeCall) throws -> [JSONValue] {
        let found = try entry(call)
        guard found.exportable else { throw FakeRefusal(message: "not exportable") }
        let password = try call.secret("Password")
        heard(password: password)
        return [.object(["RawData": Self.bytes(Data("pfx|\(found.minted.thumbprint)|\(password)".utf8))])]
    }

    private func importBundle(_ call: FakeCall) throws -> [JSONValue] {
        let parts = String(decoding: try call.data("RawData"), as: UTF8.self).split(separator: "|").map(String.init)
        guard parts.count == 3, parts[2] == (try call.secret("Password")),
            let minted = book.find(thumbprint: parts[1])
        else { throw FakeRefusal(message: "wrong password") }
        keep(minted, name: try call.text("FriendlyName"), exportable: call.flag("Exportable"))
        return []
    }

    // MARK: Assignment and services

    private func assign(_ call: FakeCall) throws -> [JSONValue] {
        let found = try entry(call)
        if call.optional("Identity") == "global" {
            book.changeCentral { central in
                for usage in call.list("Type") ?? [] { central.assigned[usage] = found.minted.thumbprint }
            }
            return []
        }
        for usage in call.list("Type") ?? [] {
            assigned[usage] = found.minted.thumbprint
            if usage.hasPrefix("WebServices") { serving[usage] = found.minted.thumbprint }
        }
        return []
    }

    // The Central Management store's replica.

    private func lags(_ fqdn: String) -> Bool {
        let central = book.central
        return central.late.contains(fqdn) || central.stuck.contains(fqdn)
    }

    private func askFor(_ fqdn: String) throws -> [JSONValue] {
        book.changeCentral { central in
            central.late.remove(fqdn)
            central.asked.append(fqdn)
        }
        return []
    }

    private func replicate() {
        guard [.frontEnd, .standardEdition, .director].contains(pool.type), !lags(host.fqdn) else { return }
        for (usage, thumbprint) in book.central.assigned where assigned[usage] != thumbprint {
            if !my.contains(where: { $0.minted.thumbprint == thumbprint }),
                let minted = book.find(thumbprint: thumbprint)
            {
                keep(minted, name: "", exportable: true)
            }
            assigned[usage] = thumbprint
        }
    }

    private func assignments(_ usages: [String]?, global: Bool = false) -> [JSONValue] {
        (global ? book.central.assigned : assigned).filter { usages?.contains($0.key) ?? true }.map {
            .object(["Use": .string($0.key), "Thumbprint": .string($0.value)])
        }
    }

    private func setServices(_ call: FakeCall) -> [JSONValue] {
        let state = call.cmdlet.hasPrefix("Stop") ? "Stopped" : "Running"
        let names = call.optional("Name").map { [$0] } ?? Array(services.keys)
        for name in names {
            if state == "Running", services[name] == "Stopped" { pickUp(name) }
            services[name] = state
        }
        return []
    }

    private func pickUp(_ service: String) {
        let usages: [String] =
            switch service {
            case "RTCDATAPROXY": ["DataEdgeExternal"]
            case "RTCMRAUTH": ["AudioVideoAuthentication"]
            case "RTCSRV": ["Default", "Internal", "AccessEdgeExternal"]
            default: []
            }
        for usage in usages { serving[usage] = assigned[usage] }
    }

    private func serviceList(_ name: String?) -> [JSONValue] {
        services.filter { name == nil || $0.key == name }.map {
            .object(["Name": .string($0.key), "Status": .string($0.value)])
        }
    }

    private func fabricState() -> [JSONValue] {
        fabric.map {
            .object([
                "Primary": $0.primary.map(JSONValue.string) ?? .null,
                "Secondaries": .array($0.secondaries.map(JSONValue.string)),
            ])
        }
    }
}
