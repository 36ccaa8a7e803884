import Foundation
import TestSupport
import Testing

/// `report --by-step`: the wizard's rows one by one, each held against what the lab's servers have.
struct ByStepTests {
    /// How a certificate comes to a server.
    enum Mode: String, CaseIterable, Sendable {
        case delayed, immediate

        var inventory: String { self == .delayed ? "steps" : "online" }
    }

    @Test(arguments: Mode.allCases)
    func `every row of the wizard says what was called and what the server shows, or why it does not apply`(
        _ mode: Mode
    )
        async throws
    {
        try await LabProject.up(mode.inventory) { lab in
            let before = try ["fe01", "fe02"].map(lab.usages)
            let saved = lab.folder["plan.json"]
            #expect(try await lab.run("plan", "fe-lyon", "-o", saved).code == 0)
            struct Saved: Decodable { var digest: String }
            let digest = try JSONDecoder().decode(Saved.self, from: Data(lab.folder.read("plan.json").utf8)).digest
            let applied = try await lab.run("apply", saved, "--yes")
            #expect(applied.code == 0, "\(applied)")

            let report = try await lab.byStep()
            #expect(report.servers.map(\.host) == ["fe01", "fe02"])
            for (server, former) in zip(report.servers, before) {
                let state = try await ServerState(server.host, former: former, digest: digest, in: lab)
                #expect(server.steps.map(\.step) == Array(1...21))
                let rows = [server.before] + server.steps.flatMap { $0.step == 4 ? [$0, server.carried] : [$0] }
                #expect(rows.count == 23)
                for (row, expected) in zip(rows, state.rows(mode)) {
                    let whose = Comment("\(server.host), row \(row.row): \(row)")
                    #expect(row.row == expected.row, whose)
                    guard let evidence = expected.evidence else {
                        #expect(row.notApplicable?.isEmpty == false, whose)
                        continue
                    }
                    #expect(row.notApplicable == nil, whose)
                    #expect(row.called?.isEmpty == false && row.at != nil, whose)
                    for word in evidence {
                        #expect("\(row.called ?? "") => \(row.readBack ?? "")".contains(word), "\(word): \(whose)")
                    }
                }
            }
            let text = try await lab.run("report", "--by-step")
            #expect(text.code == 0)
            #expect(text.output.contains("\n  21  status: assigned  "), "\(text)")
            #expect(text.output.contains("\n   4b carried to the authority"), "\(text)")
        }
    }

    @Test func `a server that only takes up what it has says so, row by row`() async throws {
        try await LabProject.up("two") { lab in
            #expect(try await lab.run("rollout", "fe-lyon", "--yes").code == 0)
            let new = try lab.usages("fe01")
            // Put back behind our back: the certificate is there, and only to be assigned.
            let former = try FileManager.default.contentsOfDirectory(atPath: "\(lab.path)/hosts/fe01/My")
                .filter { $0.hasSuffix(".cer") }.map { String($0.dropLast(4)) }.first { $0 != new["Default"] }
            let back = new.mapValues { _ in former ?? "" }
            try lab.folder.write(
                String(decoding: try JSONEncoder().encode(back), as: UTF8.self), to: "lab/hosts/fe01/usages.json")
            let again = try await lab.run("rollout", "fe-lyon", "--yes")
            #expect(again.code == 0, "\(again)")
            let report = try await lab.byStep()
            let mine = try #require(report.servers.first { $0.host == "fe01" })
            for number in [2, 4, 5, 6, 7, 8, 9, 10, 15, 16] {
                #expect(
                    mine.steps[number - 1].notApplicable == "a fitting certificate was in the store already",
                    "\(mine.steps[number - 1])")
            }
            #expect(mine.carried.notApplicable == "a fitting certificate was in the store already")
            #expect(mine.steps[20].readBack?.contains(new["Default"] ?? "?") == true, "\(mine.steps[20])")
            let other = try #require(report.servers.first { $0.host == "fe02" })
            for step in other.steps where ![1, 3, 11, 14].contains(step.step) {
                #expect(step.notApplicable?.isEmpty == false, "\(step)")
            }
        }
    }
}

/// `report --by-step --format json`.
struct ByStepReport: Decodable, Sendable {
    struct Step: Decodable, Sendable {
        var step: Int
        var row: String
        var page: String
        var called: String?
        var readBack: String?
        var at: String?
        var notApplicable: String?
    }
    struct Server: Decodable, Sendable {
        var host: String
        var order: String
        var before: Step
        var carried: Step
        var steps: [Step]
    }
    var run: String
    var servers: [Server]
}

extension LabProject {
    /// The newest run, step by step.
    func byStep() async throws -> ByStepReport {
        let result = try await run("report", "--by-step", "--format", "json")
        return try JSONDecoder().decode(ByStepReport.self, from: Data(result.output.utf8))
    }
}

/// What the lab's folders say of one server after the run: read by OpenSSL and by name, not by us.
private struct ServerState {
    struct Row {
        var row: String
        /// Texts that the row's call or reading must hold; `nil` where it must say why it does not apply.
        var evidence: [String]?

        init(_ row: String, _ evidence: String...) {
            self.row = row
            self.evidence = evidence
        }

        init(notApplicable row: String) { self.row = row }
    }

    var host: String
    var digest: String
    var former: String
    var thumbprint: String
    var friendlyName: String
    var serial: String
    var isIssued: Bool
    var certificate: String
    var services: [String: String]
    var ports: [Int]

    init(_ host: String, former: [String: String], digest: String, in lab: LabProject) async throws {
        self.host = host
        self.digest = digest
        self.former = former["Default"] ?? ""
        let usages = try lab.usages(host)
        thumbprint = usages["Default"] ?? ""
        #expect(Set(usages.values) == [thumbprint])
        struct Remarks: Decodable { var friendlyName: String }
        let path = "lab/hosts/\(host)/My/\(thumbprint)"
        friendlyName = try JSONDecoder().decode(Remarks.self, from: Data(lab.folder.read("\(path).json").utf8))
            .friendlyName
        let read = try await lab.tool(
            "openssl", "x509", "-inform", "DER", "-in", lab.folder["\(path).cer"], "-noout", "-text", "-nameopt",
            "RFC2253")
        certificate = read.output
        let number = try await lab.tool(
            "openssl", "x509", "-inform", "DER", "-in", lab.folder["\(path).cer"], "-noout", "-serial")
        serial = number.output.trimmingCharacters(in: .newlines).replacing("serial=", with: "")
        isIssued = try lab.issued("corp").contains("\(serial).cer")
        services = try JSONDecoder().decode(
            [String: String].self, from: Data(lab.folder.read("lab/hosts/\(host)/services.json").utf8))
        ports = try await lab.show().hosts.first { $0.name == host }?.tls.map(\.for) ?? []
    }

    func rows(_ mode: ByStepTests.Mode) -> [Row] {
        // What the rows claim is so.
        #expect(isIssued, "\(serial)")
        #expect(certificate.contains("Public-Key: (2048 bit)"))
        for part in ["O=Example Corp", "OU=Collaboration", "L=Lyon", "ST=Rhone", "C=FR"] {
            #expect(certificate.contains(part), "\(certificate)")
        }
        for name in ["sip.example.com", "sip.example.net", "ucupdates-r2.example.com"] {
            #expect(certificate.contains("DNS:\(name)"))
        }
        #expect(certificate.contains("TLS Web Server Authentication"))
        #expect(services["REPLICA"] == "Running")
        let all = "Default,WebServicesInternal,WebServicesExternal"
        let running = services.values.filter { $0 == "Running" }.count
        let usages = ["Default", "WebServicesInternal", "WebServicesExternal"]
        return [
            Row("0", "one server at a time", "CORP\\certfleet", "elevated administrator"),
            Row(
                "1", "module", "SkypeForBusiness", "\(host).corp.example.com", "REPLICA Running",
                "\(running) of \(services.count) services running"),
            Row("2", "Request-CsCertificate -New -Type \(all)", "usages Default, WebServicesInternal"),
            Row("3", "new certificate", "days left"),
            mode == .immediate
                ? Row("4", "immediate", "Get-CertificateRequest -FriendlyName", "State Issued")
                : Row("4", "delayed, request in ", "request.txt", "bytes: NEW CERTIFICATE REQUEST>"),
            mode == .immediate
                ? Row(notApplicable: "4b")
                : Row(
                    "4b", "Import-CsCertificate -Path", "issued by corp, serial \(serial)", thumbprint,
                    "HasPrivateKey true"
                ),
            mode == .immediate
                ? Row("5", "-CA ca01.corp.example.com\\Example Issuing CA 1", "Issuer ") : Row(notApplicable: "5"),
            // Another account is asked with only where the inventory names one.
            Row(notApplicable: "6"),
            Row("7", "-Template WebServer", "Ekus 1.3.6.1.5.5.7.3.1"),
            Row(
                "8", "-KeySize 2048", "-PrivateKeyExportable $false", "FriendlyName \(friendlyName)", "KeySize 2048",
                "KeyExportable false"),
            Row("9", "-Organization Example Corp", "-OU Collaboration", "O=Example Corp", "OU=Collaboration"),
            Row("10", "-Country FR", "-State Rhone", "-City Lyon", "L=Lyon", "C=FR"),
            Row("11", "CN=fepool1.corp.example.com", "compared with the order: equal", "\(host).corp.example.com"),
            Row("12", "sip.example.com, sip.example.net", "certificate: sip.example.com, sip.example.net"),
            Row("13", "ucupdates-r2.example.com", "certificate: ucupdates-r2.example.com"),
            Row("14", "a saved plan was applied", digest),
            Row(
                "15", "Request-CsCertificate -New", "-Confirm:$false",
                mode == .immediate ? "Get-CertificateRequest" : "Read-PrivateFile"),
            Row("16", "issued \(thumbprint)", serial, "Valid true"),
            Row("17", "a step of its own", usages.joined(separator: ", ")),
            Row("18", "Thumbprint \(thumbprint); HasPrivateKey true", "chain Valid true", "a nonce signed"),
            Row("19", "old \(former), new \(thumbprint)", "Default"),
            Row("20", "Set-CsCertificate -Type \(all) -Thumbprint \(thumbprint)", "Get-CsCertificate -Type \(all)"),
            Row("21", "Get-CsCertificate -Type \(all)", "WebServicesExternal", "TLS"),
        ].map { row in
            guard row.row == "21", var evidence = row.evidence else { return row }
            evidence += usages.map { "Thumbprint \(thumbprint), Use \($0)" } + ports.map(String.init)
            var copy = row
            copy.evidence = evidence
            return copy
        }
    }
}
