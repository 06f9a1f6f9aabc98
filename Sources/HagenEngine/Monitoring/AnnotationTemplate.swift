internal import PromQL

/// Fills `{{ $labels.NAME }}` and `{{ $value }}` into an annotation.
///
/// These are the two forms of Prometheus' templates that almost every alert uses. Anything else between braces stays
/// as it was written, so that it is seen; a label that is absent is filled in as nothing, as in Prometheus.
enum AnnotationTemplate {
    static func expanded(_ text: String, labels: Labels, value: Double) -> String {
        var result = ""
        var rest = text[...]
        while let opening = rest.firstIndex(ofPair: "{"), let closing = rest[opening...].firstIndex(ofPair: "}") {
            let inside = rest[rest.index(opening, offsetBy: 2)..<closing]
            let end = rest.index(closing, offsetBy: 2)
            result += rest[..<opening]
            result += replacement(for: inside, labels: labels, value: value) ?? String(rest[opening..<end])
            rest = rest[end...]
        }
        return result + rest
    }

    private static func replacement(for inside: Substring, labels: Labels, value: Double) -> String? {
        let words = inside.split(separator: " ")
        guard words.count == 1, let word = words.first else { return nil }
        if word == "$value" { return formatted(value) }
        let prefix = "$labels."
        guard word.hasPrefix(prefix), word.utf8.count > prefix.utf8.count else { return nil }
        let name = word.dropFirst(prefix.count)
        guard name.utf8.allSatisfy({ $0.isASCIIWord }) else { return nil }
        return labels[String(name)] ?? ""
    }
}

extension Substring {
    /// The first place where the character stands twice.
    fileprivate func firstIndex(ofPair character: Character) -> Index? {
        var index = startIndex
        while let found = self[index...].firstIndex(of: character) {
            let next = self.index(after: found)
            if next < endIndex, self[next] == character { return found }
            index = next
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var isASCIIWord: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20) || self == UInt8(ascii: "_")
    }
}
