import FleetModel
import Testing

@testable import FleetFiles

/// One mistake put into the sound inventory, and what must be said of it.
struct Mistake: CustomTestStringConvertible {
    var old: String
    var new: String
    var said: [String]

    init(_ old: String, _ new: String, _ said: String...) {
        self.init(old, new, said)
    }

    init(_ old: String, _ new: String, _ said: [String]) {
        self.old = old
        self.new = new
        self.said = said
    }

    var testDescription: String { new }
}

struct InventoryRulesTests {
    @Test func `the sound inventory has no mistakes`() {
        #expect(inventoryMistakes(soundInventory) == [])
    }

    @Test(arguments: Mistake.all)
    func `each mistake is told once, with its place`(mistake: Mistake) throws {
        let text = try inventory(mistake.old, mistake.new)
        #expect(inventoryMistakes(text) == mistake.said.map { "inv.yml:" + $0 })
    }
}
