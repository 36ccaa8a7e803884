import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

/// The Central Management store of a lab, and the replicas that follow it by the clock they are asked at.
struct CentralStoreTests {
    private let scratch: ScratchFolder
    private let folder: LabFolder
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    init() throws {
        scratch = try ScratchFolder()
        folder = try LabFolder(existing: scratch.path)
        try LabFolder.make("\(folder.path)/hosts")
        for name in ["fe1", "fe2", "edge1"] { _ = try HostState.create(folder.host(name), identity: identity(name)) }
        try LabRecord(hosts: [], authorities: []).write(folder)
    }

    private func identity(_ name: String) -> HostIdentity {
        HostIdentity(
            name: name, fqdn: "\(name).example.com", pool: "p", poolFQDN: "p.example.com",
            type: name == "edge1" ? .edge : .frontEnd, version: .v2019, members: [])
    }

    private func shown(_ name: String, after seconds: TimeInterval) throws -> String? {
        let state = folder.state(name)
        let central = try #require(CentralStore.above(state))
        try central.replicate(to: state, host: identity(name), now: now.addingTimeInterval(seconds))
        return try state.usages()["OAuthTokenIssuer"]
    }

    @Test func `a replica follows after its delay, a late one when it is asked, a stuck one not at all`() throws {
        let central = try #require(CentralStore.above(folder.state("fe1")))
        let entry = StoreEntry(thumbprint: "AB12", certificate: Data([1]), exportable: true)
        try central.assign(entry, to: "OAuthTokenIssuer", now: now)
        #expect(try shown("fe1", after: 1) == nil)
        #expect(try shown("fe1", after: 3) == "AB12")
        #expect(try folder.state("fe1").store(.my).entry("AB12")?.certificate == Data([1]))
        #expect(try shown("edge1", after: 3) == nil)

        try folder.state("fe2").faults.add(FaultEntry(.replicaLate))
        #expect(try shown("fe2", after: 60) == nil)
        #expect(try !central.isUpToDate("fe2", now: now.addingTimeInterval(60)))
        try central.push(to: "fe2")
        #expect(try shown("fe2", after: 60) == "AB12")

        try folder.state("fe2").faults.add(FaultEntry(.replicaStuck))
        try central.assign(StoreEntry(thumbprint: "CD34", certificate: Data([2])), to: "OAuthTokenIssuer", now: now)
        try central.push(to: "fe2")
        #expect(try shown("fe2", after: 86_400) == "AB12")
    }

    @Test func `a host's folder on its own has no store above it`() throws {
        let bench = try LabBench(.frontEnd)
        #expect(CentralStore.above(bench.state) == nil)
    }
}
