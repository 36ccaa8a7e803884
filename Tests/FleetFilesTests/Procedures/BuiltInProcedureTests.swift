import FleetFiles
import FleetModel
import Testing

@Suite struct BuiltInProcedureTests {
    @Test(arguments: builtInProcedures().map(\.file))
    func `a built-in procedure passes the loader`(file: String) throws {
        let source = try #require(builtInProcedures().first { $0.file == file })
        let signatures = try builtInSignatures()
        do throws(Diagnostics) {
            _ = try ProcedureFile.parse(text: source.text, file: file, signatures: signatures)
        } catch {
            Issue.record("\(error)")
        }
    }

    private func library() throws -> ProcedureLibrary {
        try ProcedureLibrary(builtIn: builtInProcedures(), signatures: builtInSignatures())
    }

    @Test(arguments: [
        (PoolType.frontEnd, ["2013", "2015", "2019", "se"]), (.standardEdition, ["2013", "2015", "2019", "se"]),
        (.edge, ["2013", "2015", "2019", "se"]), (.exchangeUM, ["2010", "2013", "2016"]),
    ])
    func `each pool that is served has certificate, survey and gate`(type: PoolType, words: [String]) throws {
        let library = try library()
        for version in words.compactMap(ProductVersion.init(rawValue:)) {
            #expect(library.procedure(.certificate, type: type, version: version, sharing: .host) != nil)
            #expect(library.procedure(.survey, type: type, version: version) != nil)
            let gate = library.procedure(.gate, type: type, version: version)
            #expect((gate != nil) == (type != .standardEdition))
        }
    }

    @Test func `no two built-in procedures serve the same pool`() throws {
        var seen: Set<String> = []
        for procedure in try library().procedures {
            for type in procedure.types {
                for version in procedure.versions {
                    for sharing in procedure.sharing.isEmpty ? ["any"] : procedure.sharing.map(\.rawValue) {
                        for authority in AuthorityKind.allCases where procedure.serves(authority) {
                            let served = "\(procedure.kind) \(type) \(version) \(sharing) \(authority)"
                            #expect(seen.insert(served).inserted, "\(procedure.name): \(served)")
                        }
                    }
                }
            }
        }
        #expect(seen.count > 30)
    }

    @Test func `a server that asks its authority itself goes through the same proofs and the same switch`() throws {
        let library = try library()
        func procedure(_ authority: AuthorityKind) throws -> Procedure {
            try #require(
                library.procedure(
                    .certificate, type: .frontEnd, version: .v2019, sharing: .host, authority: authority))
        }
        let (delayed, online) = (try procedure(.local), try procedure(.hostOnline))
        #expect(delayed.name == "front-end" && online.name == "front-end-online")
        #expect(delayed.switching.map(\.id) == online.switching.map(\.id))
        #expect(delayed.restarts == online.restarts)
        for id in ["roots", "intermediates", "entry", "chain", "proof", "possession"] {
            #expect(online.prepare.contains { $0.id == id }, "\(id)")
        }
        #expect(!online.prepare.contains { $0.id == "import" })
    }

    @Test(arguments: [AuthorityKind.local, .hostOnline])
    func `the deployment's certificate is prepared like a server's own, and assigned globally`(
        authority: AuthorityKind
    ) throws {
        let library = try library()
        func procedure(_ sharing: Sharing) throws -> Procedure {
            try #require(
                library.procedure(
                    .certificate, type: .frontEnd, version: .v2019, sharing: sharing, authority: authority))
        }
        let (own, global) = (try procedure(.host), try procedure(.global))
        #expect(own.prepare.map(\.id) == global.prepare.map(\.id))
        #expect(own.finally.map(\.id) == global.finally.map(\.id))
        #expect(global.switching.map(\.id) == ["assign", "replicated", "assigned"])
        #expect(global.switching[1].late?.cmdlet == "Invoke-CsManagementStoreReplication")
        #expect(global.switching[2].on == .readers)
    }

    @Test func `Exchange 2019 has no Unified Messaging and no procedure`() throws {
        #expect(try library().procedure(.certificate, type: .exchangeUM, version: .v2019, sharing: .host) == nil)
    }

    @Test func `a shared Edge certificate goes through the same switch as one of its own`() throws {
        let library = try library()
        let own = try #require(library.procedure(.certificate, type: .edge, version: .v2019, sharing: .host))
        let shared = try #require(library.procedure(.certificate, type: .edge, version: .v2019, sharing: .pool))
        #expect(own.name == "edge" && shared.name == "edge-shared")
        #expect(own.switching.map(\.id) == shared.switching.map(\.id))
        #expect(own.restarts == shared.restarts)
        #expect(
            own.restarts.first { $0.usage == "AudioVideoAuthentication" }?.services == ["RTCMRAUTH", "RTCMEDIARELAY"])
        #expect(shared.prepare.filter { $0.on == .birth }.map(\.id).contains("export"))
        #expect(shared.prepare.filter { $0.on == .copies }.map(\.id) == ["import-copy"])
    }

    @Test func `the exported key is a secret and lives in one session`() throws {
        let shared = try #require(
            try library().procedure(.certificate, type: .edge, version: .v2013, sharing: .pool))
        let export = try #require(shared.prepare.first { $0.id == "export" })
        #expect(export.captures == [Capture(name: "bundle", property: "RawData", secret: true)])
        #expect(export.scope == .session)
        #expect(!export.changes)
    }

    @Test(arguments: [PoolType.frontEnd, .standardEdition, .edge, .exchangeUM])
    func `every change can be proven, and the assignment undone`(type: PoolType) throws {
        for version in ProductVersion.allCases {
            for sharing in Sharing.allCases {
                guard
                    let procedure = try library().procedure(
                        .certificate, type: type, version: version, sharing: sharing)
                else { continue }
                for step in procedure.prepare + procedure.switching + procedure.finally {
                    guard case .call = step.operation, step.changes else { continue }
                    #expect(step.verify != nil, "\(procedure.name) \(step.id)")
                }
                #expect(procedure.switching.first { $0.id == "assign" }?.undo != nil)
                #expect(procedure.prepare.map(\.id).suffix(4) == ["entry", "chain", "proof", "possession"])
            }
        }
    }

    @Test(arguments: [
        (
            PoolType.edge, ProductVersion.v2013,
            ["facts", "my", "roots", "intermediates", "trust", "assigned", "services"]
        ),
        (.exchangeUM, .v2010, ["facts", "my", "roots", "intermediates", "trust", "assigned", "um-mode", "services"]),
        (
            .exchangeUM, .v2016,
            ["facts", "my", "roots", "intermediates", "trust", "assigned", "um-mode", "router-mode", "services"]
        ),
    ])
    func `a survey's steps have the names that planning reads`(
        type: PoolType, version: ProductVersion, ids: [String]
    ) throws {
        #expect(try library().procedure(.survey, type: type, version: version)?.prepare.map(\.id) == ids)
    }

    @Test func `a Front End's gate asks the pool's readiness by the cmdlet of its version`() throws {
        func cmdlets(_ version: ProductVersion) throws -> [String] {
            let gate = try #require(try library().procedure(.gate, type: .frontEnd, version: version))
            return gate.prepare.map { if case .call(let call) = $0.operation { call.cmdlet } else { "" } }
        }
        #expect(
            try cmdlets(.v2015) == ["Get-CsWindowsService", "Get-CsPoolUpgradeReadinessState", "Get-CsPoolFabricState"])
        #expect(try cmdlets(.se) == ["Get-CsWindowsService", "Get-CsUpgradeDomainInfo", "Get-CsPoolFabricState"])
    }
}
