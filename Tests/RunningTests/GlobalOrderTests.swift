import FleetModel
import Foundation
import Testing

/// One certificate for the deployment, from the plan to the last server that shows it.
@Suite(.timeLimit(.minutes(5))) struct GlobalOrderTests {
    private let id = "fe-lyon/oauth"
    private let all = ["fe01", "fe02", "fe03", "se01", "fe11", "fe12"]

    private func scenario() async throws -> Scenario {
        try await Scenario(due: [id]) { pool in
            guard pool.name == "fe-lyon" else { return }
            for host in pool.hosts.indices { pool.hosts[host].ssh.methods = [.password] }
            pool.orders.append(
                OrderDefinition(
                    id: "oauth", usages: ["OAuthTokenIssuer"], authority: "corp", sharing: .global, place: pool.place))
        }
    }

    private func shown(_ scenario: Scenario) async -> [String?] {
        var shown: [String?] = []
        for host in all { shown.append(await scenario.server(host).assigned["OAuthTokenIssuer"]) }
        return shown
    }

    private let new = "NEW1-FE-LYON/OAUTH"

    @Test func `it is ordered once, assigned once, and read on every server of every pool`() async throws {
        let scenario = try await scenario()
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
        #expect(await scenario.issuer.issued == [id: 1])
        #expect(await Set(shown(scenario)) == [new])
        #expect(scenario.fleet.calls.filter { $0.hasSuffix(" assign") } == ["fe01 assign"])
        for host in all {
            let evidence = scenario.sink.kinds.contains { kind in
                if case .verified(id, host, ["Get-CsCertificate shows \(new)"]) = kind { true } else { false }
            }
            #expect(evidence, "\(host)")
        }
        #expect(await scenario.server("fe12").cmdlets.allSatisfy { $0.hasPrefix("Get-") })
        #expect(scenario.book.central.asked.isEmpty)
    }

    @Test func `a late replica is asked for once and comes`() async throws {
        let scenario = try await scenario()
        let fqdn = scenario.server("fe11").host.fqdn
        scenario.book.changeCentral { $0.late = [fqdn] }
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
        #expect(scenario.book.central.asked == [fqdn])
        #expect(await Set(shown(scenario)) == [new])
        #expect(scenario.sink.intentTexts.filter { $0.hasPrefix("Invoke-") }.count == 1)
    }

    @Test func `a server that lags is named, the run is unfinished, and goes on without another order`() async throws {
        let scenario = try await scenario()
        let fqdn = scenario.server("fe12").host.fqdn
        scenario.book.changeCentral { $0.stuck = [fqdn] }
        #expect(try await scenario.run("fe-lyon") == (.stopped, .failed))
        let faults = scenario.sink.kinds.compactMap { kind -> Fault? in
            if case .switchEnded(_, _, _, let fault?) = kind { fault } else { nil }
        }
        #expect(faults.map(\.host) == ["fe12"] && faults.map(\.code) == ["global.not-replicated"])
        #expect(await shown(scenario) == [new, new, new, new, new, "OLD-FE-LYON/OAUTH"])
        #expect(scenario.book.central.asked == [fqdn])
        scenario.book.changeCentral { $0.stuck = [] }
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
        #expect(await Set(shown(scenario)) == [new])
        #expect(await scenario.issuer.issued == [id: 1])
    }

    @Test func `a second run does nothing`() async throws {
        let scenario = try await scenario()
        _ = try await scenario.run("fe-lyon")
        let intents = scenario.sink.intents.count
        #expect(try await scenario.run("fe-lyon") == (.finished, .done))
        #expect(scenario.sink.intents.count == intents)
    }
}
