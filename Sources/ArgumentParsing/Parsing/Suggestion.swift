/// The word a user most likely meant, for a "did you mean" hint.
///
/// - Returns: the candidate nearest to `word`, the first of equals; nil when none is near: more than a third of the
///   letters would have to change (one is always allowed), and `word` is not the beginning of exactly one candidate.
package func suggestion(for word: String, among candidates: [String]) -> String? {
    let typed = Array(word.lowercased())
    // A command line may be megabytes long; nothing that long is a misspelt name.
    guard !typed.isEmpty, typed.count <= 64 else { return nil }
    let ranked = candidates.map { ($0, editDistance(typed, Array($0.lowercased()))) }
    if let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, max(typed.count, best.0.count) / 3),
        best.1 < best.0.count
    {
        return best.0
    }
    let begun = candidates.filter { $0.lowercased().hasPrefix(word.lowercased()) }
    return begun.count == 1 ? begun[0] : nil
}

/// The least number of letters to insert, drop, replace or swap with their neighbour to get from one word to the other
/// (optimal string alignment).
func editDistance(_ from: [Character], _ to: [Character]) -> Int {
    guard !from.isEmpty, !to.isEmpty else { return max(from.count, to.count) }
    var beforeLast: [Int] = []
    var last = Array(0...to.count)
    for row in 1...from.count {
        var current = [row]
        for column in 1...to.count {
            let same = from[row - 1] == to[column - 1]
            var least = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
            if row > 1, column > 1, from[row - 1] == to[column - 2], from[row - 2] == to[column - 1] {
                least = min(least, beforeLast[column - 2] + 1)
            }
            current.append(least)
        }
        beforeLast = last
        last = current
    }
    return last[to.count]
}
