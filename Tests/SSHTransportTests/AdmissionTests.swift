import Synchronization
import TestSupport
import Testing

@testable import SSHTransport

/// The queue as a thing, because expectations cannot change a value.
private final class Door {
    private var queue: AdmissionQueue

    init(_ limits: AdmissionQueue.Limits) { queue = AdmissionQueue(limits) }

    var isFull: Bool { queue.isFull }
    var hasWaiting: Bool { queue.hasWaiting }
    func arrive(_ id: Int, at server: String) -> Bool { queue.arrive(id, at: server) }
    func opened(at server: String) -> [Int] { queue.opened(at: server) }
    func left() -> [Int] { queue.left() }
    func giveUp(_ id: Int) { queue.giveUp(id) }
}

/// The same for the pace, in milliseconds.
private final class Pace {
    private var pace: OpeningPace

    init(_ limits: OpeningPace.Limits) { pace = OpeningPace(limits) }

    func begin(at server: String, now: Int, chance: Double = 0) -> Int {
        let wait = pace.begin(at: server, now: .milliseconds(now), chance: chance)
        return Int((wait / .milliseconds(1)).rounded())
    }

    func line(up group: SSHServerGroup, now: Int, chance: Double = 0) -> Int {
        Int((pace.line(up: group, now: .milliseconds(now), chance: chance) / .milliseconds(1)).rounded())
    }

    func begin(in group: SSHServerGroup, now: Int) -> Int {
        Int((pace.begin(in: group, now: .milliseconds(now)) / .milliseconds(1)).rounded())
    }

    func wasShed(by server: String, now: Int) { pace.wasShed(by: server, now: .milliseconds(now)) }
}

@Suite(.timeLimit(.minutes(1))) struct AdmissionTests {
    @Test func `a server is opened to no more than its share, others go past who waits for it`() {
        let queue = Door(AdmissionQueue.Limits(openings: 10, openingsPerServer: 2))
        #expect(queue.arrive(1, at: "a"))
        #expect(queue.arrive(2, at: "a"))
        #expect(!queue.arrive(3, at: "a"))
        #expect(!queue.arrive(4, at: "a"))
        #expect(queue.arrive(5, at: "b"))
        #expect(queue.opened(at: "a") == [3])
        #expect(queue.opened(at: "b") == [])
        #expect(queue.opened(at: "a") == [4])
        #expect(!queue.hasWaiting)
    }

    @Test func `the process opens no more than its share, and who waited longest goes first`() {
        let queue = Door(AdmissionQueue.Limits(openings: 2))
        #expect(queue.arrive(1, at: "a"))
        #expect(queue.arrive(2, at: "b"))
        #expect(!queue.arrive(3, at: "c"))
        #expect(!queue.arrive(4, at: "d"))
        #expect(queue.opened(at: "b") == [3])
        #expect(queue.opened(at: "a") == [4])
    }

    @Test func `a session keeps its place until it ends, and who gave up is passed over`() {
        let queue = Door(AdmissionQueue.Limits(sessions: 1))
        #expect(queue.arrive(1, at: "a"))
        #expect(queue.isFull)
        #expect(!queue.arrive(2, at: "b"))
        #expect(!queue.arrive(3, at: "c"))
        #expect(queue.opened(at: "a") == [])
        queue.giveUp(2)
        #expect(queue.left() == [3])
        #expect(queue.opened(at: "c") == [])
        #expect(queue.left() == [])
        #expect(queue.arrive(4, at: "d"))
    }

    @Test func `who waits goes on when a pass is given back`() async throws {
        let admission = SSHAdmission(AdmissionQueue.Limits(sessions: 1))
        let order = Mutex<[Int]>([])
        let first = try await admission.enter("a")
        async let second: Void = {
            let pass = try await admission.enter("b")
            order.withLock { $0.append(2) }
            pass.opened()
        }()
        order.withLock { $0.append(1) }
        _ = consume first
        try await second
        #expect(order.withLock { $0 } == [1, 2])
    }

    @Test func `a cancelled wait ends, before it began or after`() async throws {
        let admission = SSHAdmission(AdmissionQueue.Limits(sessions: 1))
        let pass = try await admission.enter("a")
        let waiting = (0..<50).map { _ in Task { _ = try await admission.enter("b") } }
        for (number, task) in waiting.enumerated() {
            if number.isMultiple(of: 2) { await Task.yield() }
            task.cancel()
        }
        for task in waiting { await #expect(throws: CancellationError.self) { try await task.value } }
        withExtendedLifetime(pass) {}
    }

    @Test func `when all places are taken and none is given back, the limit is named`() async throws {
        let admission = SSHAdmission(AdmissionQueue.Limits(sessions: 1), patience: .milliseconds(1))
        let pass = try await admission.enter("a")
        let error = await #expect(throws: SSHError.self) { _ = try await admission.enter("b") }
        #expect(error?.code == .tooManyOpen)
        #expect(error?.message == "1 connections are open, and no more fit into this process")
        withExtendedLifetime(pass) {}
    }

    @Test func `a server that sheds connections is tried again ever more slowly, until its time is over`() {
        var backOff = BackOff(within: .seconds(10))
        let pauses = [0.5, 0.0, 1.0, 0.5, 0.5, 0.5].map { backOff.next(spent: .zero, chance: $0) }
        #expect(pauses == [250, 250, 1500, 2000, 2000, 2000].map { .milliseconds($0) })
        let late = backOff.next(spent: .seconds(1), chance: 0.5)
        #expect(late == nil)
    }

    @Test func `a server sees a few newcomers at once and then so many in each second, a little off the beat`() {
        let pace = Pace(.init(perServer: .init(perSecond: 4, burst: 2)))
        let waits = [0.5, 0.5, 0, 1, 0.5].map { pace.begin(at: "a", now: 0, chance: $0) }
        #expect(waits == [0, 0, 250, 750, 875])
        #expect(pace.begin(at: "b", now: 0) == 0)
        #expect(pace.begin(at: "a", now: 10_000) == 0)
    }

    @Test func `the whole process begins no more in each second than it may, whichever the servers`() {
        let pace = Pace(.init(all: .init(perSecond: 10, burst: 3)))
        #expect((0..<6).map { pace.begin(at: "\($0)", now: 0) } == [0, 0, 0, 100, 200, 300])
        #expect(pace.begin(at: "7", now: 250) == 150)
    }

    @Test func `a group's servers begin one after the other at its pace, whichever they are, and others do not wait`() {
        let pace = Pace(.init())
        let (slow, other) = (SSHServerGroup(name: "pool a", perSecond: 2), SSHServerGroup(name: "pool b", perSecond: 2))
        // The first at once, the others off the beat by up to one interval.
        #expect([0, 0, 1, 0.5].map { pace.line(up: slow, now: 0, chance: $0) } == [0, 500, 1500, 1750])
        #expect(pace.line(up: other, now: 0) == 0)
        #expect(pace.line(up: slow, now: 60_000) == 0)
    }

    @Test func `in no second more of a group begin than it may, also when they were held up and come all at once`() {
        let pace = Pace(.init())
        let group = SSHServerGroup(name: "pool a", perSecond: 4)
        var begun: [Int] = []
        for number in 0..<200 {
            let came = pace.line(up: group, now: 0, chance: Double(number % 7) / 7)
            // A hundred are held up until ten seconds have passed.
            let now = max(came, came < 10_000 && number.isMultiple(of: 2) ? 10_000 : came)
            begun.append(now)
        }
        begun = begun.sorted().map { $0 + pace.begin(in: group, now: $0) }
        for (earlier, later) in zip(begun, begun.dropFirst(4)) { #expect(later - earlier >= 1000) }
        // From then on no beat is left out; before, the twenty who were held up have left out theirs.
        #expect(begun[199] <= (200 + 20) * 250 + 250)
    }

    @Test func `who stands in a group's long line takes no place from others`() async throws {
        let clock = ManualClock()
        let admission = SSHAdmission(AdmissionQueue.Limits(sessions: 2, openings: 2), clock: clock)
        let group = SSHServerGroup(name: "pool a", perSecond: 1)
        let first = try await admission.enter("a1", in: group)
        let line = (2...20).map { number in Task { try await admission.enter("a\(number)", in: group) } }
        // One of them stands in the way already when not all are there.
        try await until("all who wait") { clock.sleepers == line.count }
        // At once, though the group has nineteen more that wait.
        let stranger = try await admission.enter("b")
        withExtendedLifetime((first, stranger)) {}
        for task in line { task.cancel() }
        for task in line { await #expect(throws: CancellationError.self) { _ = try await task.value } }
    }

    @Test func `a group's line goes on by the clock, through both doors alike`() async throws {
        let clock = ManualClock()
        let admission = SSHAdmission(clock: clock)
        let worker = try SSHWorker(label: "test", admission: admission)
        let group = SSHServerGroup(name: "pool a", perSecond: 1)
        let fixture = try await SSHFixture()
        let pins = try fixture.server.knownHostsLine()
        let endpoint = SSHEndpoint(
            host: "127.0.0.1", port: fixture.server.port, user: fixture.server.user, group: group)
        let session = try await SSHClient.connect(
            to: endpoint, addresses: try await SSHAddress.resolve("127.0.0.1", port: fixture.server.port),
            hostKeys: HostKeyPolicy(text: pins, file: "pins"), authentication: [.key(path: fixture.key)], on: worker)
        var hop = try fixture.hop()
        hop.endpoint.group = group
        let (program, second) = (try SSHDoor.program(fixture), hop)
        let opening = Task { try await program.run("echo in", on: second, worker: worker) }
        try await until("somebody who waits") { clock.sleepers == 1 }
        #expect(fixture.server.connectionCount == 1)
        clock.advance(by: .seconds(2))
        let channel = try await opening.value
        #expect(try await OpenDoor(command: channel, session: nil).run().text == "in\n")
        await session.close()
    }

    @Test func `a server that sheds connections is asked half as often each time, and forgiven step by step`() {
        let pace = Pace(.init(perServer: .init(perSecond: 10, burst: 8)))
        #expect(pace.begin(at: "a", now: 0) == 0)
        pace.wasShed(by: "a", now: 0)
        pace.wasShed(by: "a", now: 0)
        #expect((0..<3).map { _ in pace.begin(at: "a", now: 0) } == [100, 500, 900])
        #expect(pace.begin(at: "b", now: 0) == 0)
        #expect((0..<3).map { _ in pace.begin(at: "a", now: 6000) } == [0, 200, 400])
        #expect((0..<3).map { _ in pace.begin(at: "a", now: 12_000) } == [0, 0, 0])
    }

    @Test func `who is too early waits by the clock before it may begin, and gives its place back when cancelled`()
        async throws
    {
        let clock = ManualClock()
        let pace = OpeningPace.Limits(perServer: .init(perSecond: 1, burst: 1))
        let admission = SSHAdmission(AdmissionQueue.Limits(sessions: 2), pace: pace, clock: clock)
        let first = try await admission.enter("a")
        let second = Task { try await admission.enter("a") }
        try await until("somebody who waits") { clock.sleepers == 1 }
        second.cancel()
        await #expect(throws: CancellationError.self) { _ = try await second.value }
        let third = Task { try await admission.enter("a") }
        try await until("somebody who waits") { clock.sleepers == 1 }
        clock.advance(by: .seconds(3))
        let pass = try await third.value
        withExtendedLifetime((first, pass)) {}
    }

    @Test func `hosts beyond the reserve of open files are counted`() {
        #expect(OpenFiles.raise() >= 256)
        #expect(OpenFiles.connections(under: 1024) == 928)
        #expect(OpenFiles.hosts(under: 1024) == 812)
        #expect(OpenFiles.connections(under: 10) == 8)
        #expect(OpenFiles.hosts(under: 10) == 7)
    }
}
