import Testing

@testable import SSHTransport

/// Numbers that are given out once.
struct SlotTableTests {
    @Test func `each thing is found under the number it was given`() {
        var table = SlotTable<String>()
        let tokens = ["one", "two", "three"].map { name in
            defer { table.insert(name) }
            return table.nextToken
        }
        #expect(Set(tokens).count == 3)
        #expect(tokens.map { table[$0] } == ["one", "two", "three"])
        #expect(table.all == ["one", "two", "three"])
    }

    @Test func `a place that is used again answers to its new number only`() {
        var table = SlotTable<String>()
        let first = table.nextToken
        table.insert("first")
        table.remove(first)
        let second = table.nextToken
        table.insert("second")
        #expect(first != second)
        #expect(first & 0xffff_ffff == second & 0xffff_ffff)
        #expect(table[first] == nil)
        #expect(table[second] == "second")
        table.remove(first)
        #expect(table.all == ["second"])
    }

    @Test func `a number that was never given out finds nothing`() {
        var table = SlotTable<String>()
        table.insert("only")
        #expect(table[7] == nil)
        #expect(table[1 << 32] == nil)
        table.remove(7)
        #expect(table.all == ["only"])
    }
}

/// What was read before somebody asked for it.
struct PendingOutputTests {
    @Test func `it comes out in the order in which it went in, and is counted`() {
        var pending = PendingOutput()
        #expect(pending.take() == nil)
        pending.add([1, 2], areErrors: false)
        pending.add([3], areErrors: true)
        pending.add([4, 5, 6], areErrors: false)
        #expect(pending.count == 6)
        #expect(pending.take() == .output([1, 2]))
        #expect(pending.count == 4)
        pending.add([7], areErrors: true)
        #expect(pending.take() == .errors([3]))
        #expect(pending.take() == .output([4, 5, 6]))
        #expect(pending.take() == .errors([7]))
        #expect(pending.take() == nil)
        #expect(pending.count == 0)
    }
}
