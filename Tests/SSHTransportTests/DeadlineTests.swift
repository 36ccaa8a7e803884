import Testing

@testable import SSHTransport

@Suite struct DeadlineTests {
    private let list = DeadlineList()

    private func entry(in limit: Duration) -> DeadlineList.Entry {
        let entry = DeadlineList.Entry(
            list.moment(in: limit), waking: SocketReadiness(token: 1, descriptor: -1))
        list.add(entry)
        return entry
    }

    @Test func `without deadlines there is nothing to wait for, else the soonest`() {
        #expect(list.soonest == .max)
        let late = entry(in: .seconds(1000))
        let soon = entry(in: .seconds(100))
        #expect(list.soonest == soon.moment)
        list.remove(soon)
        list.remove(late)
        #expect(list.soonest == .max)
    }

    @Test func `what is due passes and wakes, the rest stays`() {
        let due = entry(in: .zero)
        let later = entry(in: .seconds(100))
        #expect(list.soonest == due.moment)
        list.pass()
        #expect(due.hasPassed)
        #expect(due.readiness.changes == 1)
        #expect(!later.hasPassed)
        #expect(later.readiness.changes == 0)
        #expect(list.soonest == later.moment)
    }

    @Test func `limits beyond all measure are far away, not in the past`() {
        let entries = [entry(in: .seconds(Int64.max)), entry(in: .seconds(-5))]
        list.pass()
        #expect(!entries[0].hasPassed)
        #expect(entries[1].hasPassed)
        #expect(list.soonest == entries[0].moment)
    }
}
