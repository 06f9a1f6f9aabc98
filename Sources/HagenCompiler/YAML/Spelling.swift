/// Finds the word that somebody meant.
package enum Spelling {
    /// Longer words are not compared: nobody mistypes them into another.
    static let longestWord = 40

    /// The nearest of the candidates, where one is near enough: the same but for case, `-` and `_`, within one edit for
    /// every three letters (of equally near ones the first), or the only one that begins so.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        guard (1...longestWord).contains(word.utf8.count) else { return nil }
        let plain = folded(word)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate != word && candidate.utf8.count <= longestWord {
            let other = folded(candidate)
            if other == plain { return candidate }
            let bound = min(max(1, max(plain.count, other.count) / 3), (best?.distance ?? .max) - 1)
            // Of one or two letters anything is one edit away.
            guard bound >= 1, min(plain.count, other.count) >= 3 || plain.count == other.count && plain.count == 2
            else { continue }
            if let distance = distance(plain, other, atMost: bound) { best = (candidate, distance) }
        }
        return best?.candidate ?? completion(of: plain, among: candidates)
    }

    /// The only candidate that begins so, as `synchronous` for `sync`.
    private static func completion(of plain: [UInt8], among candidates: [String]) -> String? {
        guard plain.count >= 3 else { return nil }
        let longer = candidates.filter { folded($0).starts(with: plain) }
        return longer.count == 1 ? longer[0] : nil
    }

    static func folded(_ word: String) -> [UInt8] {
        word.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"): nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            default: byte
            }
        }
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words (Damerau 1964, in the
    /// form that edits no place twice), or `nil` beyond the bound.
    static func distance(_ left: [UInt8], _ right: [UInt8], atMost bound: Int) -> Int? {
        guard abs(left.count - right.count) <= bound else { return nil }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            var smallest = row + 1
            for (column, other) in right.enumerated() {
                var cost = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
                smallest = min(smallest, cost)
            }
            guard smallest <= bound else { return nil }
            beforeLast = last
            last = current
        }
        return last[right.count] <= bound ? last[right.count] : nil
    }
}
