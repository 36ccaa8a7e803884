/// Things found by a number that is given out once: the lower half of it is a place, the upper half says whose turn at that
/// place it was. So a late event cannot reach another thing than the one it was meant for.
struct SlotTable<Element> {
    private struct Slot {
        var turn: UInt32 = 0
        var element: Element?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// The number of what is inserted next.
    var nextToken: UInt64 {
        guard let place = free.last else { return UInt64(slots.count) }
        return UInt64(slots[Int(place)].turn) << 32 | UInt64(place)
    }

    /// Under ``nextToken``.
    mutating func insert(_ element: Element) {
        if let place = free.popLast() {
            slots[Int(place)].element = element
        } else {
            slots.append(Slot(element: element))
        }
    }

    /// nil: it has been removed.
    subscript(token: UInt64) -> Element? {
        let place = Int(token & 0xffff_ffff)
        return place < slots.count && slots[place].turn == UInt32(token >> 32) ? slots[place].element : nil
    }

    /// Once.
    mutating func remove(_ token: UInt64) {
        let place = Int(token & 0xffff_ffff)
        guard place < slots.count, slots[place].turn == UInt32(token >> 32) else { return }
        slots[place] = Slot(turn: slots[place].turn &+ 1)
        free.append(UInt32(place))
    }

    var all: [Element] { slots.compactMap(\.element) }

    var isEmpty: Bool { free.count == slots.count }
}
