import FleetModel
import FoundationEssentials
import Glibc
import Testing

@testable import Lab

private func identity(_ type: PoolType, _ version: ProductVersion = .v2019) -> HostIdentity {
    HostIdentity(
        name: "h1", fqdn: "h1.corp.example.com", pool: "p", poolFQDN: "pool.corp.example.com", type: type,
        version: version, members: ["h1.corp.example.com"])
}

struct HostStateTests {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func state(_ type: PoolType, _ version: ProductVersion = .v2019) throws -> HostState {
        try HostState.create(scratch.path + "/h1", identity: identity(type, version))
    }

    @Test func `a new host has empty stores, running services and its identity`() throws {
        let state = try state(.edge)
        #expect(try state.identity() == identity(.edge))
        #expect(try state.store(.my).entries().isEmpty)
        #expect(try state.services()["RTCMRAUTH"] == .running)
        #expect(try state.startupModes().isEmpty)
        #expect(try state.usages().isEmpty)
    }

    @Test func `a host that is made again keeps its state`() throws {
        let first = try state(.exchangeUM, .v2010)
        try first.setStartupMode("TCP", of: "UM")
        try first.stop(["MSExchangeUM"])
        let second = try state(.exchangeUM, .v2010)
        #expect(try second.startupModes() == ["UM": "TCP"])
        #expect(try second.services() == ["MSExchangeUM": .stopped])
    }

    @Test func `the default usage shows a new certificate only after all its services have started`() throws {
        let state = try state(.frontEnd)
        try state.assignAndServe("aa", to: ["Default"], type: .frontEnd)
        #expect(try state.shown("Default", type: .frontEnd) == "AA")
        try state.assign("bb", to: ["Default"], type: .frontEnd)
        #expect(try state.usages() == ["Default": "BB"])
        #expect(try state.shown("Default", type: .frontEnd) == "AA")

        try state.stop(["RTCSRV"])
        #expect(try state.shown("Default", type: .frontEnd) == nil)
        try state.start(["RTCSRV"], type: .frontEnd)
        #expect(try state.shown("Default", type: .frontEnd) == "AA")

        let all = Array(try state.services().keys)
        try state.stop(all)
        try state.start(all, type: .frontEnd)
        #expect(try state.shown("Default", type: .frontEnd) == "BB")
    }

    @Test func `web usages are shown at once`() throws {
        let state = try state(.frontEnd)
        try state.assign("CC", to: ["WebServicesInternal", "Default"], type: .frontEnd)
        #expect(try state.served() == ["WebServicesInternal": "CC"])
    }

    @Test func `starting a running service changes nothing`() throws {
        let state = try state(.exchangeUM, .v2013)
        try state.assignAndServe("AA", to: ["UM"], type: .exchangeUM)
        try state.assign("BB", to: ["UM"], type: .exchangeUM)
        try state.start(["MSExchangeUM"], type: .exchangeUM)
        #expect(try state.served() == ["UM": "AA"])
    }

    @Test func `a unified messaging service in mode TCP shows no certificate`() throws {
        let state = try state(.exchangeUM, .v2013)
        try state.assignAndServe("AA", to: ["UM"], type: .exchangeUM)
        try state.setStartupMode("TCP", of: "UM")
        #expect(try state.shown("UM", type: .exchangeUM) == nil)
    }

    @Test func `a store gives back what was put into it, the key for its owner only`() throws {
        let store = try state(.edge).store(.my)
        try store.add(
            StoreEntry(
                thumbprint: "ABCD", certificate: Data([1, 2]), key: Secret(text: "pem"), friendlyName: "n",
                exportable: true))
        let entry = try #require(try store.entry("abcd"))
        #expect(entry.certificate == Data([1, 2]))
        #expect(entry.key?.revealedText == "pem")
        #expect(entry.friendlyName == "n" && entry.exportable)
        var status = stat()
        #expect(stat(store.folder + "/ABCD.key", &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(try store.remove("ABCD"))
        #expect(try StateFile.names(in: store.folder).isEmpty)
    }

    @Test func `a thumbprint that is a path is nobody's`() throws {
        let store = try state(.edge).store(.my)
        #expect(try store.entry("../host") == nil)
        #expect(throws: StateError.self) { try store.add(StoreEntry(thumbprint: "../x", certificate: Data())) }
    }

    @Test func `a fault counts down and goes`() throws {
        let faults = try state(.edge).faults
        try faults.add(FaultEntry(.late, step: "assign", times: 2))
        #expect(try faults.take { $0.step == "other" } == nil)
        #expect(try faults.take { $0.step == "assign" }?.times == 2)
        #expect(try faults.take { $0.step == "assign" }?.times == 1)
        #expect(try faults.take { $0.step == "assign" } == nil)
        try faults.add(FaultEntry(.noHello))
        #expect(try faults.take { $0.fault == .noHello } != nil)
        #expect(try faults.all() == [FaultEntry(.noHello)])
        try faults.clear()
        #expect(try faults.all().isEmpty)
    }

    @Test func `private folders take plain names only`() throws {
        let folders = try state(.edge).privateFolders
        try folders.make("run-1")
        try folders.write(Data([7]), folder: "run-1", file: "request.txt")
        #expect(try folders.read(folder: "run-1", file: "request.txt") == Data([7]))
        #expect(throws: StateError.self) { try folders.make("../x") }
        #expect(PrivateFolders.name(ofWindowsPath: #"c:\programdata\CERTFLEET\run-1"#) == "run-1")
        #expect(PrivateFolders.name(ofWindowsPath: #"C:\ProgramData\certfleet\..\x"#) == nil)
        #expect(PrivateFolders.name(ofWindowsPath: #"C:\Windows"#) == nil)
        try folders.remove("run-1")
        #expect(try folders.names().isEmpty)
    }
}
