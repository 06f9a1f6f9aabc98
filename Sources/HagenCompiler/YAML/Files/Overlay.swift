internal import Hagen

/// Lays one topology over another: mappings are merged, texts and lists replaced, and `null` takes away what is below.
/// Of the keys of which a part takes one, the one above takes the place of the one below.
///
/// A value keeps the place where it was said, a part the place where it was declared first.
struct Overlay {
    let files: FileNames

    func lay(_ upper: YAMLNode, over lower: YAMLNode, _ findings: inout Findings) -> YAMLNode {
        var whole = lay(upper, over: lower, .part(Language.topology), .topology, at: nil, &findings)
        // What the topology lacks as a whole is looked for in the file that was asked for.
        (whole.file, whole.start, whole.end) = (upper.file, upper.start, upper.end)
        return whole
    }

    /// - Parameter head: Where the lower one is declared.
    private func lay(
        _ upper: YAMLNode, over lower: YAMLNode, _ shape: ValueShape, _ subject: Subject, at head: SourceSpan?,
        _ findings: inout Findings
    ) -> YAMLNode {
        guard let new = upper.entries, let old = lower.entries, shape.isMapping else {
            var added = upper
            takeAway(in: &added, subject, &findings)
            return added
        }
        var positions: [String: Int] = [:]
        for (position, entry) in old.enumerated() where positions[entry.key] == nil { positions[entry.key] = position }
        var entries: [YAMLEntry?] = old
        for position in replaced(by: new, in: old, shape) { entries[position] = nil }
        let container = Container(
            shape: shape, subject: subject, head: head, keys: old.map(\.key),
            isIncomplete: upper.isIncomplete || lower.isIncomplete)
        for entry in new {
            let inner = container.subject(of: entry.key)
            guard let position = positions[entry.key] else {
                if let added = added(entry, to: container, &findings) { entries.append(added) }
                continue
            }
            if entry.value.isRemoval {
                entries[position] = nil
            } else if entry.value.entries != nil, old[position].value.entries != nil,
                let shape = shape.shape(of: entry.key), shape.isMapping
            {
                entries[position]?.value = lay(
                    entry.value, over: old[position].value, shape, inner, at: old[position].keySpan(in: files),
                    &findings)
            } else {
                var entry = entry
                if shape.shape(of: entry.key) != nil { takeAway(in: &entry.value, inner, &findings) }
                entries[position] = entry
            }
        }
        var laid = lower
        laid.content = .mapping(entries.compactMap(\.self))
        laid.isIncomplete = container.isIncomplete
        laid.weight = upper.weight + lower.weight
        return laid
    }

    /// What stands below in the place of an alternative that the upper one chooses.
    private func replaced(by new: [YAMLEntry], in old: [YAMLEntry], _ shape: ValueShape) -> [Int] {
        guard let table = shape.mappingTable else { return [] }
        return [table.exactlyOne, table.atMostOne].flatMap { alternatives -> [Int] in
            let chosen = new.filter { alternatives.contains($0.key) && !$0.value.isRemoval }.map(\.key)
            guard !chosen.isEmpty else { return [] }
            return old.indices.filter { alternatives.contains(old[$0].key) && !chosen.contains(old[$0].key) }
        }
    }

    // MARK: What is not below

    /// The mapping that something is laid into.
    private struct Container {
        var shape: ValueShape
        var subject: Subject
        var head: SourceSpan?
        var keys: [String]
        /// Whether what it seems to lack may be there.
        var isIncomplete: Bool

        /// Which parts of the kind there are, at most a dozen.
        var names: [String] {
            guard case .named(let table, _) = shape, !keys.isEmpty else { return [] }
            let shown = keys.prefix(12) + (keys.count > 12 ? ["\(keys.count - 12) more"] : [])
            return ["the base has the \(table.noun)\(keys.count == 1 ? "" : "s") \(Wording.list(Array(shown)))"]
        }

        func subject(of key: String) -> Subject {
            if case .named(let table, _) = shape { .part(noun: table.noun, name: key) } else { .key(key, of: subject) }
        }
    }

    /// An entry that is not below: a new part, or, where it takes something away or is no whole part, a mistake.
    private func added(
        _ entry: YAMLEntry, to container: Container, _ findings: inout Findings
    ) -> YAMLEntry? {
        let subject = container.subject(of: entry.key)
        if entry.value.isRemoval {
            guard !container.isIncomplete else { return nil }
            report(
                entry, container, "\(subject) is taken away, and is not there", label: "takes nothing away",
                help: "leave it out, or correct the name", &findings)
            return nil
        }
        var entry = entry
        if case .named(let table, _) = container.shape, let fields = entry.value.entries, !container.isIncomplete,
            !entry.value.isIncomplete, fields.allSatisfy({ table.key($0.key) != nil })
        {
            let missing = table.keys.filter { key in
                key.presence == .required && !fields.contains { $0.key == key.name }
            }
            if !missing.isEmpty {
                let lacks = Wording.list(missing.map { "'\($0.name)'" })
                report(
                    entry, container, "\(subject) is not in the base, and lacks \(lacks) to be a new one",
                    label: "laid over nothing", help: "add what it lacks, or correct the name", &findings)
                entry.value.content = .broken
                return entry
            }
        }
        if container.shape.shape(of: entry.key) != nil { takeAway(in: &entry.value, subject, &findings) }
        return entry
    }

    /// Inside of what is not below there is nothing to take away.
    private func takeAway(in node: inout YAMLNode, _ subject: Subject, _ findings: inout Findings) {
        guard let entries = node.entries, entries.contains(where: { $0.value.isRemoval || $0.value.entries != nil })
        else { return }
        var kept: [YAMLEntry] = []
        for var entry in entries {
            let inner = Subject.key(entry.key, of: subject)
            if entry.value.isRemoval {
                findings.add(
                    .laidOverNothing, "\(inner) is taken away, and is not there", at: entry.keySpan(in: files),
                    label: "takes nothing away", help: ["leave it out"])
                continue
            }
            takeAway(in: &entry.value, inner, &findings)
            kept.append(entry)
        }
        node.content = .mapping(kept)
    }

    private func report(
        _ entry: YAMLEntry, _ container: Container, _ message: String, label: String, help: String,
        _ findings: inout Findings
    ) {
        let span = entry.keySpan(in: files)
        let meant = Spelling.nearest(to: entry.key, among: container.keys)
        findings.add(
            .laidOverNothing, message + Wording.question(meant), at: span, label: label,
            secondary: container.head.map { [.init($0, "does not hold it")] } ?? [],
            notes: container.names, help: meant == nil ? [help] : [],
            fixes: meant.map { [Wording.replacement(of: span, by: $0)] } ?? [])
    }
}

extension YAMLNode {
    /// `null` or `~`; a key without any value has been forgotten rather than meant so.
    fileprivate var isRemoval: Bool { scalar.map { $0.meaning == .null && !$0.text.isEmpty } ?? false }
}

extension ValueShape {
    fileprivate var isMapping: Bool {
        switch self {
        case .named, .texts, .part: true
        case .either(_, let long): long.isMapping
        default: false
        }
    }

    /// The table of a mapping whose keys are the language's own.
    fileprivate var mappingTable: PartTable? {
        switch self {
        case .part(let table): table
        case .either(_, let long): long.mappingTable
        default: nil
        }
    }

    /// What stands under a key of a mapping; `nil` for a key that means nothing.
    fileprivate func shape(of key: String) -> ValueShape? {
        switch self {
        case .named(let table, _): .part(table)
        case .texts: .text(.argument)
        default: mappingTable?.key(key)?.shape
        }
    }
}
