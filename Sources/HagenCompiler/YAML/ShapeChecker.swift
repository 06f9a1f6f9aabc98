internal import Hagen

/// Holds a document against the tables of the language and reports all that does not fit. What is broken yields one
/// finding, and none for what follows from it.
struct ShapeChecker {
    private let files: FileNames

    static func check(
        _ root: YAMLNode, against table: PartTable = Language.topology, in files: FileNames,
        _ findings: inout Findings
    ) {
        ShapeChecker(files: files).check(root, .part(table), .topology, at: root.span(in: files), &findings)
    }

    /// - Parameter head: What to point at where the value itself is not there: its key.
    private func check(
        _ node: YAMLNode, _ shape: ValueShape, _ subject: Subject, at head: SourceSpan, _ findings: inout Findings
    ) {
        if case .broken = node.content { return findings.addBreak() }
        if node.isIncomplete { findings.addBreak() }
        if findings.isFull { return }
        switch shape {
        case .anything: return
        case .either(let short, let long):
            if node.scalar != nil {
                let missesBoth = node.scalar?.meaning == .null
                check(node, missesBoth ? long : short, subject, at: head, &findings)
            } else {
                check(node, long, subject, at: head, &findings)
            }
        case .part(let table):
            guard let entries = node.entries else { return wrong(node, shape, subject, head, &findings) }
            check(entries, of: table, subject, at: head, isIncomplete: node.isIncomplete, &findings)
        case .named(let table, let minimum):
            guard let entries = node.entries, entries.count >= minimum else {
                return wrong(node, shape, subject, head, &findings)
            }
            for entry in entries {
                let before = findings.breaks
                check(entry, named: table, &findings)
                if findings.breaks > before { findings.flaws.mark(entry) }
            }
        case .texts:
            guard let entries = node.entries else { return wrong(node, shape, subject, head, &findings) }
            for entry in entries {
                let before = findings.breaks
                check(
                    entry.value, .text(.argument), .key(entry.key, of: subject), at: entry.keySpan(in: files), &findings
                )
                if findings.breaks > before { findings.flaws.mark(entry) }
            }
        case .list(let item, let minimum):
            guard let items = node.items, items.count >= minimum else {
                return wrong(node, shape, subject, head, &findings)
            }
            for (index, node) in items.enumerated() {
                let before = findings.breaks
                check(node, item: item, index + 1, of: subject, &findings)
                if findings.breaks > before { findings.flaws.mark(node) }
            }
        case .text, .integer, .boolean, .flag, .word:
            guard let scalar = node.scalar else { return wrong(node, shape, subject, head, &findings) }
            if let fault = ScalarFault(of: scalar, against: shape) {
                WrongValue(node: node, shape: shape, subject: subject, head: head, files: files)
                    .report(fault, to: &findings)
            }
        }
    }

    private func wrong(
        _ node: YAMLNode, _ shape: ValueShape, _ subject: Subject, _ head: SourceSpan, _ findings: inout Findings
    ) {
        WrongValue(node: node, shape: shape, subject: subject, head: head, files: files)
            .report(ScalarFault(.wrongType), to: &findings)
    }

    private func check(_ entry: YAMLEntry, named table: PartTable, _ findings: inout Findings) {
        let span = entry.keySpan(in: files)
        let form = table.nameForm
        if !form.accepts(entry.key) {
            let suggestion = form.suggestion(for: entry.key)
            findings.add(
                .name, "'\(Wording.shortened(entry.key))' cannot name a \(table.noun)" + Wording.question(suggestion),
                at: span, label: "not a name",
                notes: ["a name is made of letters, digits, '-' and '_', and begins with a letter or a digit"],
                fixes: suggestion.map { [Wording.replacement(of: span, by: $0)] } ?? [])
        }
        check(entry.value, .part(table), .part(noun: table.noun, name: entry.key), at: span, &findings)
    }

    private func check(
        _ node: YAMLNode, item shape: ValueShape, _ number: Int, of subject: Subject, _ findings: inout Findings
    ) {
        guard let entries = node.entries, let table = shape.table else {
            return check(node, shape, .item(number, of: subject), at: node.span(in: files), &findings)
        }
        let identity = table.identity.flatMap { key in entries.first { $0.key == key } }
        let name = identity?.value.scalar?.text
        let head = identity.map { name == nil ? $0.keySpan(in: files) : $0.value.span(in: files) }
        check(
            node, shape, name.map { .part(noun: table.noun, name: $0) } ?? .item(number, of: subject),
            at: head ?? entries.first?.keySpan(in: files) ?? node.span(in: files), &findings)
    }

    // MARK: The keys of a part

    private func isRoot(_ subject: Subject) -> Bool { if case .topology = subject { true } else { false } }

    private func check(
        _ entries: [YAMLEntry], of table: PartTable, _ subject: Subject, at head: SourceSpan, isIncomplete: Bool,
        _ findings: inout Findings
    ) {
        /// Keys that somebody meant, wrote otherwise, and was told about; the version has a check of its own.
        var meant = isRoot(subject) ? ["apiVersion"] : []
        for entry in entries {
            if findings.isFull { return }
            guard let key = table.key(entry.key) else {
                if isRoot(subject), entry.key.hasPrefix(Language.extensionPrefix) { continue }
                meant += UnknownKey(entry: entry, table: table, files: files).report(among: entries, to: &findings)
                meant.append(entry.key)
                continue
            }
            guard key.engine == .there else {
                let span = entry.keySpan(in: files)
                findings.add(
                    .engineNotThereYet, "'\(key.name)' is part of the language, but its engine is not there yet",
                    at: span, label: "not there yet", notes: ["\(key.name): \(key.description)"],
                    help: ["leave it out until a later version of hagen has it"])
                meant.append(key.name)
                continue
            }
            let before = findings.breaks
            check(entry.value, key.shape, .key(key.name, of: subject), at: entry.keySpan(in: files), &findings)
            if findings.breaks > before { findings.flaws.mark(entry) }
        }
        PartCompleteness(
            table: table, entries: entries, isIncomplete: isIncomplete, subject: subject, head: head, files: files
        ).check(meant, &findings)
        if table.noun == Language.cluster.noun {
            ClusterConsistency(
                entries: entries, isIncomplete: isIncomplete, subject: subject, head: head, files: files
            ).check(meant, &findings)
        }
    }
}

extension ValueShape {
    /// The table of the mapping that it can be.
    var table: PartTable? {
        switch self {
        case .part(let table): table
        case .either(_, let long): long.table
        default: nil
        }
    }
}
