internal import Hagen

/// Collects the keys of one mapping: refuses what is no text, and duplicates, and carries out merges (`<<`).
struct MappingEntries {
    private let files: FileNames
    private var entries: [YAMLEntry] = []
    /// The position of each key; only kept for mappings that are not small.
    private var positions: [String: Int] = [:]
    private var merged: [YAMLNode] = []
    /// Whether a key was refused, or given twice: what the mapping lacks may have been meant by that one.
    private(set) var isIncomplete = false
    /// The whole mapping's, with itself.
    private(set) var weight = 1
    /// Of what merges have added, which no event has counted.
    private(set) var mergedWeight = 0

    private static let small = 12

    init(files: FileNames) { self.files = files }

    mutating func add(_ key: YAMLNode, _ value: YAMLNode, _ findings: inout Findings) {
        weight += value.weight
        guard let scalar = key.scalar else {
            isIncomplete = true
            if case .broken = key.content { return }
            findings.add(
                .complexKey, "a key is a text here, and this one is \(Wording.article(of: key))",
                at: key.span(in: files), label: "not a text",
                help: ["a text that begins with '[', '{', '?' or '*' needs quotes"])
            return
        }
        if scalar.isPlain, scalar.text == "<<" {
            merge(value, at: key, &findings)
            return
        }
        if scalar.isPlain, scalar.text.isEmpty {
            isIncomplete = true
            findings.add(
                .complexKey, "this value stands under no key", at: key.span(in: files), label: "a key belongs here")
            return
        }
        if let position = position(of: scalar.text) {
            isIncomplete = true
            let first = entries[position]
            findings.add(
                .duplicateKey, "the key '\(scalar.text)' is given twice", at: key.span(in: files), label: "given again",
                secondary: [.init(first.keySpan(in: files), "given here first")],
                help: ["keep one of the two; a list holds several values of one kind"])
            return
        }
        insert(YAMLEntry(key: scalar.text, keyStart: key.start, keyEnd: key.end, value: value))
    }

    private func position(of key: String) -> Int? {
        entries.count <= Self.small ? entries.firstIndex { $0.key == key } : positions[key]
    }

    private mutating func insert(_ entry: YAMLEntry) {
        entries.append(entry)
        if entries.count > Self.small + 1 {
            positions[entry.key] = entries.count - 1
        } else if entries.count == Self.small + 1 {
            for (position, entry) in entries.enumerated() { positions[entry.key] = position }
        }
    }

    private mutating func merge(_ value: YAMLNode, at key: YAMLNode, _ findings: inout Findings) {
        let sources = value.items ?? [value]
        for source in sources {
            switch source.content {
            case .mapping:
                merged.append(source)
                if source.isIncomplete { isIncomplete = true }
            case .broken: isIncomplete = true
            default:
                isIncomplete = true
                findings.add(
                    .merge, "'<<' merges mappings, and this is \(Wording.article(of: source))", at: key.span(in: files),
                    label: "merges", secondary: [.init(source.span(in: files), "not a mapping")],
                    help: ["give it an alias of a mapping, '<<: *name', or a list of such"])
            }
        }
    }

    /// The entries in order, then those of the merged mappings whose keys were not given: of these the earlier wins.
    mutating func finished() -> YAMLNode.Content {
        for mapping in merged {
            for entry in mapping.entries ?? [] where position(of: entry.key) == nil {
                weight += entry.value.weight
                mergedWeight += entry.value.weight
                insert(entry)
            }
        }
        // Of a mapping whose every key was refused nobody should say that it is empty.
        return entries.isEmpty && isIncomplete ? .broken : .mapping(entries)
    }
}
