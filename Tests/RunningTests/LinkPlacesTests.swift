import FleetModel
import Synchronization
import Testing

@testable import Running

/// The places as a thing, because expectations cannot change a value.
private final class Places {
    private var places: LinkPlaces

    init(_ limit: Int) { places = LinkPlaces(limit) }

    func take(_ host: String, id: Int = 0) -> LinkPlaces.Answer { places.take(host, id: id) }
    func give(_ host: String) -> [LinkPlaces.Grant] { places.give(host) }
    func giveUp(_ id: Int) { places.giveUp(id) }
}

@Suite struct LinkPlacesTests {
    @Test func `a host keeps its place after its work until another needs it, the longest idle first`() {
        let places = Places(2)
        #expect(places.take("a") == .granted(leaving: nil))
        #expect(places.take("b") == .granted(leaving: nil))
        #expect(places.give("a") == [])
        #expect(places.give("b") == [])
        #expect(places.take("a") == .granted(leaving: nil))
        #expect(places.give("a") == [])
        #expect(places.take("c") == .granted(leaving: "b"))
        #expect(places.take("d") == .granted(leaving: "a"))
        #expect(places.take("e", id: 5) == .mustWait)
    }

    @Test func `who waits gets the first place that is no longer used, and who gave up is passed over`() {
        let places = Places(1)
        #expect(places.take("a") == .granted(leaving: nil))
        #expect(places.take("b", id: 2) == .mustWait)
        #expect(places.take("c", id: 3) == .mustWait)
        #expect(places.take("a", id: 4) == .granted(leaving: nil))
        #expect(places.give("a") == [])
        places.giveUp(2)
        #expect(places.give("a") == [LinkPlaces.Grant(id: 3, leaving: "a")])
        #expect(places.give("c") == [])
    }

    @Test func `all who wait for the same host go on with it`() {
        let places = Places(1)
        #expect(places.take("a") == .granted(leaving: nil))
        #expect(places.take("b", id: 2) == .mustWait)
        #expect(places.take("b", id: 3) == .mustWait)
        #expect(
            places.give("a") == [LinkPlaces.Grant(id: 2, leaving: "a"), LinkPlaces.Grant(id: 3, leaving: nil)])
    }

    @Test func `a run on more servers than can be connected at once takes them in turn and misses none`() async throws {
        let free = try await Scenario(due: ["fe-lyon/fe", "se-lyon/fe"])
        let scarce = try await Scenario(due: ["fe-lyon/fe", "se-lyon/fe"], places: 2)
        let pools = free.inventory.pools.map(\.name)
        #expect(free.inventory.pools.flatMap(\.hosts).count > 2)
        let (whole, little) = (try await free.run(pools: pools), try await scarce.run(pools: pools))
        #expect(little.exitCode == whole.exitCode)
        #expect(free.fleet.mostAgents > 2)
        #expect(scarce.fleet.mostAgents == 2)
        let changed = { (scenario: Scenario) in scenario.fleet.calls.filter { $0.hasSuffix(" assign") }.sorted() }
        #expect(!changed(free).isEmpty)
        #expect(changed(scarce) == changed(free))
    }

    @Test func `who waits for a place and is cancelled does not wait any longer`() async throws {
        let scenario = try await Scenario(due: [], places: 1)
        let links = HostLinks(
            connector: scenario.fleet, sink: scenario.sink, clock: scenario.clock, reason: "test", places: 1)
        let pool = try #require(scenario.inventory.pools.first { $0.hosts.count > 1 })
        let (first, second) = (pool.hosts[0], pool.hosts[1])
        try await links.using(first, in: pool) { _ in
            let waiting = Task { try await links.using(second, in: pool) { _ in } }
            await Task.yield()
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        try await links.using(second, in: pool) { #expect($0.host.name == second.name) }
    }
}
