import Certificates
import FleetModel
import FoundationEssentials
import Glibc
import Testing

@testable import Lab

/// A lab that was made, but never up.
struct LabFleetTests {
    let scratch: ScratchFolder
    let now = Date()

    init() throws { scratch = try ScratchFolder() }

    private func made() async throws -> LabFolder {
        try await LabFleet.create(in: scratch.path + "/new/lab", from: SampleFleet.source(), now: now)
        return try LabFolder(existing: scratch.path + "/new/lab")
    }

    private func seed(_ host: String, _ usage: String, in folder: LabFolder) throws -> (Certificate, StoreEntry) {
        let state = folder.state(host)
        let thumbprint = try #require(try state.usages()[usage])
        let entry = try #require(try state.store(.my).entry(thumbprint))
        return (try Certificate(entry.certificate), entry)
    }

    @Test func `seeds are due by age, but fresh pools, and lack a name only where they should`() async throws {
        let folder = try await made()
        let (old, entry) = try seed("fe01", "WebServicesExternal", in: folder)
        let day = 86_400.0
        #expect(abs(old.notAfter.timeIntervalSince(now) - 20 * day) < 2)
        #expect(abs(old.notAfter.timeIntervalSince(old.notBefore) - 730 * day) < 2)
        #expect(old.dnsNames.contains("meet.example.com") && old.dnsNames.contains("dialin.example.com"))
        #expect(entry.friendlyName.hasPrefix("Lync Default 20") && !entry.exportable)
        #expect(try folder.state("fe01").shown("Default", type: .frontEnd) == old.thumbprint)

        let (fresh, _) = try seed("fe11", "Default", in: folder)
        #expect(fresh.notAfter.timeIntervalSince(now) > 480 * day)
        #expect(fresh.dnsNames == ["pool.corp.example.com", "meet.example.com", "web.example.com"])

        let (short, _) = try seed("edge01", "AccessEdgeExternal", in: folder)
        #expect(abs(short.notAfter.timeIntervalSince(now) - 5 * day) < 2)
        #expect(try folder.state("um01").startupModes() == ["UM": "TCP"])
    }

    @Test func `a shared key is on all members, exportable on the first, and every other key is alone`() async throws {
        let folder = try await made()
        let (first, original) = try seed("edge01", "DataEdgeExternal", in: folder)
        let (second, copy) = try seed("edge02", "DataEdgeExternal", in: folder)
        #expect(first == second)
        #expect(original.exportable && !copy.exportable)
        #expect(original.key?.revealedText == copy.key?.revealedText)
        var keys: [Data: Set<String>] = [:]
        for host in try LabRecord.read(folder).hosts {
            for entry in try folder.state(host.name).store(.my).entries() {
                let certificate = try Certificate(entry.certificate)
                let key = try PrivateKey(pem: try #require(entry.key))
                #expect(key.publicKey == certificate.publicKey)
                keys[key.publicKey, default: []].insert(certificate.thumbprint)
            }
        }
        #expect(keys.count == 5 && keys.values.allSatisfy { $0.count == 1 })
    }

    @Test func `seeds chain to the root of the stores and are not among the issued`() async throws {
        let folder = try await made()
        let (leaf, _) = try seed("fe01", "Default", in: folder)
        let state = folder.state("fe01")
        let authorities = try state.store(.intermediate).entries().map { try Certificate($0.certificate) }
        let root = try Certificate(try #require(try StateFile.read(folder.path + "/ca/root.cer")))
        let issuing = try #require(authorities.first { leaf.isSigned(by: $0) })
        #expect(authorities.count == 2 && issuing.isSigned(by: root))
        #expect(try state.store(.root).thumbprints() == [root.thumbprint])
        #expect(try StateFile.names(in: folder.issued("corp")).isEmpty)
        var status = stat()
        #expect(stat(folder.clientKey, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(folder.path + "/ca/corp/issuing.key", &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func `a folder that holds something else is left alone`() async throws {
        try StateFile.write(Data(), to: scratch.path + "/mine")
        let error = await #expect(throws: LabError.self) {
            try await LabFleet.create(in: scratch.path, from: SampleFleet.source())
        }
        #expect(error?.code == .folder)
        #expect(try StateFile.names(in: scratch.path) == ["mine"])
    }

    @Test func `a lab that cannot be made leaves nothing behind`() async throws {
        var source = SampleFleet.source()
        source.orders[0].authority = "nobody"
        let error = await #expect(throws: LabError.self) {
            try await LabFleet.create(in: scratch.path + "/lab", from: source)
        }
        #expect(error?.message.contains("nobody") == true)
        #expect(try StateFile.names(in: scratch.path + "/lab").isEmpty)
    }

    @Test func `a lab that was never up has no ports to tell`() async throws {
        let folder = try await made()
        let errors = [
            #expect(throws: LabError.self) { try LabShow(folder: folder.path) },
            #expect(throws: LabError.self) {
                try LabFleet.inventory(SampleFleet.source().inventory, in: folder.path)
            },
        ]
        #expect(errors.allSatisfy { $0?.code == .notUp && $0?.hint?.hasPrefix("certfleet lab up /") == true })
    }

    @Test func `a folder whose name cannot stand in a configuration is refused`() async throws {
        let error = await #expect(throws: LabError.self) {
            try await LabFleet.create(in: scratch.path + "/a\"b", from: SampleFleet.source())
        }
        #expect(error?.code == .folder && error?.hint != nil)
    }

    @Test func `a fresh certificate of 47 days is not due, an old one is, and each has a name left to lack`() {
        let plan = SeedPlan(rules: SeedRules(fresh: ["fresh"], lackingName: ["fresh"]), now: now)
        let fresh = SampleFleet.order("o", pool: "fresh", hosts: [], usages: ["Internal"], names: ["a", "meet.b", "c"])
        var old = fresh
        old.pool = "old"
        for days in [47, 200, 730] {
            let third = min(60, Double(days) / 3) * 86_400
            #expect(plan.validity(of: fresh, days: days).notAfter.timeIntervalSince(now) > third)
            let left = plan.validity(of: old, days: days).notAfter.timeIntervalSince(now)
            #expect(left < third && left > 86_399)
        }
        #expect(plan.names(of: fresh) == ["a", "c"] && plan.names(of: old) == ["a", "meet.b", "c"])
        var bare = fresh
        bare.names = [OrderedName("meet.a", origin: ""), OrderedName("b", origin: "")]
        #expect(plan.names(of: bare) == ["meet.a"])
    }

    @Test func `a folder that is no lab says how to make one`() throws {
        let error = #expect(throws: LabError.self) { try LabShow(folder: scratch.path) }
        #expect(error?.message.hasSuffix("is no lab") == true)
    }
}
