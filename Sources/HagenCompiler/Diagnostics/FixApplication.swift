internal import Hagen

/// Fixes applied to sources in memory: all edits of a fix, or none of them.
///
/// Positions of all fixes are those of the sources before. Of two fixes that meet, the one that was given first is
/// applied and the other is left: after a new look at the result it may be offered again, or be gone.
package struct FixApplication: Equatable, Sendable {
    /// The sources afterwards, in the same order and under the same names.
    package private(set) var sources: [Source]
    package private(set) var applied: [Diagnostic.Fix] = []
    /// Fixes that meet another one, meet themselves, change nothing, or point where there is nothing.
    package private(set) var left: [Diagnostic.Fix] = []

    package init(_ fixes: [Diagnostic.Fix], to sources: [Source]) {
        self.sources = sources
        let indices = Dictionary(zip(sources.map(\.name), sources.indices), uniquingKeysWith: { first, _ in first })
        var replacements: [Int: ReplacementList] = [:]
        for fix in fixes {
            guard let changed = Self.placed(fix, among: sources, indices, beside: replacements) else {
                left.append(fix)
                continue
            }
            replacements = changed
            applied.append(fix)
        }
        for (index, list) in replacements {
            self.sources[index] = sources[index].with(bytes: list.apply(to: sources[index].bytes))
        }
    }

    /// The replacements with those of one more fix; `nil` where it has no place.
    private static func placed(
        _ fix: Diagnostic.Fix, among sources: [Source], _ indices: [String: Int],
        beside replacements: [Int: ReplacementList]
    ) -> [Int: ReplacementList]? {
        guard !fix.edits.isEmpty else { return nil }
        var replacements = replacements
        for edit in fix.edits {
            guard let index = indices[edit.span.file], let range = sources[index].byteRange(of: edit.span),
                replacements[index, default: ReplacementList()].insert(Array(edit.replacement.utf8), at: range)
            else { return nil }
        }
        let changes = fix.edits.contains { edit in
            indices[edit.span.file].map { sources[$0].text(of: edit.span) } != edit.replacement
        }
        return changes ? replacements : nil
    }
}

/// Replacements of byte ranges that do not meet, in the order of the bytes.
private struct ReplacementList {
    private var entries: [(range: Range<Int>, bytes: [UInt8])] = []

    /// - Returns: `false`, and nothing is inserted, where the range overlaps another one or begins where it begins.
    mutating func insert(_ bytes: [UInt8], at range: Range<Int>) -> Bool {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].range.lowerBound < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        if low > 0, entries[low - 1].range.upperBound > range.lowerBound { return false }
        if low < entries.count {
            let next = entries[low].range.lowerBound
            if next == range.lowerBound || next < range.upperBound { return false }
        }
        entries.insert((range, bytes), at: low)
        return true
    }

    func apply(to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var offset = 0
        for entry in entries {
            result += bytes[offset..<entry.range.lowerBound]
            result += entry.bytes
            offset = entry.range.upperBound
        }
        return result + bytes[offset...]
    }
}

extension Source {
    /// The bytes between two positions that both exist; `nil` otherwise.
    fileprivate func byteRange(of span: SourceSpan) -> Range<Int>? {
        let (start, end) = (byte(at: span.start), byte(at: span.end))
        guard start <= end, position(ofByte: start) == span.start, position(ofByte: end) == span.end else { return nil }
        return start..<end
    }
}
