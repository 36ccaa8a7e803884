/// What changes on a host when an order's certificate takes the place of what is assigned now.
package struct AssignedDifference: Sendable, Equatable {
    /// A key with fewer bits than before.
    package struct SmallerKey: Sendable, Equatable {
        package var now: Int
        package var then: Int

        package init(now: Int, then: Int) {
            self.now = now
            self.then = then
        }
    }

    package var host: String
    /// Thumbprints of what is assigned to the order's usages, each once; as a rule one.
    package var assigned: [String]
    package var namesAdded: [String]
    package var namesLost: [String]
    /// As words, see ``ExtendedKeyUsage/word(_:)``.
    package var ekusLost: [String]
    package var keySmaller: SmallerKey?

    package init(
        host: String, assigned: [String], namesAdded: [String] = [], namesLost: [String] = [],
        ekusLost: [String] = [], keySmaller: SmallerKey? = nil
    ) {
        self.host = host
        self.assigned = assigned
        self.namesAdded = namesAdded
        self.namesLost = namesLost
        self.ekusLost = ekusLost
        self.keySmaller = keySmaller
    }

    /// The losses by the words of `--accept`, each with what is lost.
    package var losses: [(code: String, text: String)] {
        var losses: [(String, String)] = []
        if !ekusLost.isEmpty { losses.append(("eku-lost", ekusLost.joined(separator: ", "))) }
        if !namesLost.isEmpty { losses.append(("name-lost", namesLost.joined(separator: ", "))) }
        if let key = keySmaller { losses.append(("key-smaller", "\(key.now) bits now, \(key.then) then")) }
        return losses
    }
}
