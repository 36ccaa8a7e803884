import Foundation
import TestSupport
import Testing

/// The vendor's immediate mode: servers that ask their enterprise authority themselves.
struct HostOnlineTests {
    private func fault(_ lab: LabProject, _ words: String...) async throws {
        let result = try await lab.certfleet(["lab", "fault", lab.path, "corp"] + words)
        #expect(result.code == 0, "\(result)")
    }

    private func requests(_ lab: LabProject) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(lab.path)/ca/corp/web/requests")
            .filter { $0.hasSuffix(".json") }.sorted()
    }

    private func abortLast(_ lab: LabProject, _ result: ProgramResult) async throws {
        let run = try #require(result.errors.firstMatch(of: #/run (\S+):/#)?.1)
        #expect(try await lab.run("runs", "abort", String(run)).code == 0)
    }

    @Test func `a server asks its authority itself, is assigned what it got, and asks once`() async throws {
        try await LabProject.up("online") { lab in
            let before = try lab.usages("fe01")
            let plan = try await lab.run("plan")
            #expect(plan.code == 0, "\(plan)")
            let call = try #require(
                plan.output.split(separator: "\n").first { $0.contains("Request-CsCertificate -New") })
            for words in [
                #"-CA 'ca01.corp.example.com\Example Issuing CA 1'"#, "-Template WebServer", "-AllSipDomain",
                "-KeySize 2048",
                "-PrivateKeyExportable $false", "-Organization 'Example Corp'", "-OU Collaboration", "-City Lyon",
                "-State Rhone", "-Country FR", "sip.example.net", "ucupdates-r2.example.com",
                "-FriendlyName 'certfleet fe-lyon/fe",
            ] { #expect(call.contains(words), "\(words) in \(call)") }
            #expect(!call.contains("-Output") && !call.contains("-CaAccount"))
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            for host in ["fe01", "fe02"] {
                let usages = try lab.usages(host)
                #expect(Set(usages.values).count == 1 && usages["Default"] != before["Default"])
            }
            #expect(try requests(lab) == ["40.json", "41.json"])
            let steps = try await lab.run("report", "--by-step")
            #expect(steps.output.contains("immediate"), "\(steps)")
            let again = try await lab.run("renew", "--yes")
            #expect(again.code == 0 && again.errors.contains("nothing is due"), "\(again)")
            #expect(try requests(lab).count == 2)
        }
    }

    @Test func `a request that waits rests the run with its number, and is fetched once, not ordered again`()
        async throws
    {
        try await LabProject.up("online") { lab in
            let before = try lab.usages("fe01")
            try await fault(lab, "approval")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3, "\(renew)")
            #expect((renew.output + renew.errors).contains("request 40 waits for approval at corp"), "\(renew)")
            #expect(try await lab.run("pending", "collect").code == 3)
            #expect(try lab.usages("fe01") == before)
            #expect(try requests(lab) == ["40.json", "41.json"])
            let signed = try await lab.certfleet(["lab", "sign", lab.path])
            #expect(signed.code == 0, "\(signed)")
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 0, "\(collect)")
            #expect(try lab.usages("fe01")["Default"] != before["Default"])
            #expect(try requests(lab) == ["40.json", "41.json"] && (try lab.issued("corp").count) == 2)
        }
    }

    @Test func `a request that a manager denies ends the run with 1 and its words, and the next run asks anew`()
        async throws
    {
        try await LabProject.up("online") { lab in
            let before = try lab.usages("fe01")
            try await fault(lab, "approval")
            #expect(try await lab.run("renew", "--yes").code == 3)
            let list = try await lab.run("pending", "list")
            #expect(list.output.contains("fe-lyon/fe on fe01: request 4"), "\(list)")
            #expect(try await lab.certfleet(["lab", "sign", lab.path, "--deny"]).code == 0)
            try await fault(lab, "--clear")
            let collect = try await lab.run("pending", "collect")
            #expect(collect.code == 1, "\(collect)")
            #expect(
                collect.errors.contains(
                    "corp: the CA denied the request (0x80094014): a CA manager denied the request"),
                "\(collect)")
            #expect(try lab.usages("fe01") == before)
            try await abortLast(lab, collect)
            #expect(try await lab.run("renew", "--yes").code == 0)
            #expect(try requests(lab).count == 4 && (try lab.usages("fe01")["Default"]) != before["Default"])
        }
    }

    @Test(arguments: ["cut-before", "cut-after"])
    func `a line cut at the request orders nothing twice`(kind: String) async throws {
        try await LabProject.up("online") { lab in
            try await lab.fault("fe01", kind, ["--at", "request", "--times", "1"])
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            #expect(try requests(lab).count == 2)
        }
    }

    @Test func `a denial, a template that is not offered and changed names have their own words, and change nothing`()
        async throws
    {
        try await LabProject.up("online") { lab in
            let before = try lab.usages("fe01")
            for (kind, words) in [
                (
                    "template-unsupported",
                    "corp: the CA denied the request (0x80094800): the CA does not offer template"
                ),
                ("template-denied", "corp: the CA denied the request (0x80094012): the account has no Enroll right"),
                ("drops-names", "is not what was ordered: name "),
            ] {
                try await fault(lab, kind)
                let renew = try await lab.run("renew", "--yes")
                #expect(renew.code == 1, "\(kind): \(renew)")
                #expect(renew.errors.contains(words), "\(kind): \(renew)")
                #expect(try lab.usages("fe01") == before)
                try await fault(lab, "--clear")
                try await abortLast(lab, renew)
            }
            try lab.editInventory { $0.replace("template: WebServer", with: "template: NoSuchTemplate") }
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 1 && renew.errors.contains("template NoSuchTemplate"), "\(renew)")
        }
    }

    @Test func `a sign-in by key is told before anything begins that it cannot ask, with three ways round`()
        async throws
    {
        try await LabProject.up("online") { lab in
            let before = try lab.tree()
            try lab.editInventory { $0.replace("network_credentials: true", with: "network_credentials: false") }
            let plan = try await lab.run("plan")
            #expect(!plan.output.contains("Request-CsCertificate"), "\(plan)")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 5, "\(renew)")
            for words in [
                "fe01, fe02 cannot ask ca01.corp.example.com\\Example Issuing CA 1 for fe-lyon/fe", "auth: [password]",
                "user and password under authorities: corp", "certsrv, drop-folder or command",
            ] { #expect(renew.errors.contains(words) && plan.output.contains(words), "\(words): \(renew)") }
            #expect(try requests(lab).isEmpty)
            #expect(try lab.usages("fe01") == usages(before, "fe01"))
        }
    }

    @Test func `the second hop's refusal and another account's success are the lab's, too`() async throws {
        try await LabProject.up("online") { lab in
            for host in ["fe01", "fe02"] {
                var identity = try lab.folder.read("lab/hosts/\(host)/host.json")
                identity.replace(#""hasNetworkCredentials" : true"#, with: #""hasNetworkCredentials" : false"#)
                try lab.folder.write(identity, to: "lab/hosts/\(host)/host.json")
            }
            let refused = try await lab.run("renew", "--yes")
            #expect(
                refused.code == 1 && refused.errors.contains("The RPC server is unavailable. 0x800706ba"), "\(refused)")
            try await abortLast(lab, refused)
            try lab.editInventory {
                $0.replace("network_credentials: true", with: "network_credentials: false")
                $0.replace(
                    "    template: WebServer\n",
                    with: "    template: WebServer\n    user: \"LAB\\\\certfleet\"\n    password: lab-corp\n")
                $0.replace(
                    "authorities:\n",
                    with: "secrets:\n  lab-corp: { from: file, path: keys/corp.password }\nauthorities:\n")
            }
            let plan = try await lab.run("plan")
            #expect(plan.output.contains(#"-CaAccount LAB\certfleet -CaPassword ••••••"#), "\(plan)")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            let password = try lab.folder.read("lab/keys/corp.password")
            for (path, data) in try lab.tree().files where !path.hasSuffix("keys/corp.password") {
                #expect(data.firstRange(of: Data(password.utf8)) == nil, "\(path) holds the password")
            }
        }
    }
}

/// The usages of a host in a tree of files.
private func usages(_ tree: FolderTree, _ host: String) throws -> [String: String] {
    let data = try #require(tree.files.first { $0.key.hasSuffix("hosts/\(host)/usages.json") }?.value)
    return try JSONDecoder().decode([String: String].self, from: data)
}
