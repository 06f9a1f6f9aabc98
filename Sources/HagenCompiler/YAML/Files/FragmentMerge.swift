internal import Hagen

/// Merges the roots of included files into that of the file that includes them: what is declared by name is united, what
/// is listed is joined, and what a topology says once is said in one file.
struct FragmentMerge {
    let files: FileNames

    /// - Parameter fragments: In the order in which their parts come; those of the file itself come last.
    func merge(_ fragments: [YAMLNode], into root: YAMLNode, _ findings: inout Findings) -> YAMLNode {
        guard !fragments.isEmpty else { return root }
        return united(fragments + [root], Language.topology, as: root, &findings)
    }

    /// One mapping of several that have the keys of one table.
    private func united(
        _ nodes: [YAMLNode], _ table: PartTable, as frame: YAMLNode, _ findings: inout Findings
    ) -> YAMLNode {
        var order: [String] = []
        var groups: [String: [YAMLEntry]] = [:]
        var others: [YAMLEntry] = []
        for entry in nodes.flatMap({ $0.entries ?? [] }) {
            guard table.key(entry.key) != nil else {
                others.append(entry)
                continue
            }
            if groups[entry.key] == nil { order.append(entry.key) }
            groups[entry.key, default: []].append(entry)
        }
        var united = frame
        united.isIncomplete = nodes.contains(where: \.isIncomplete)
        united.weight = nodes.reduce(0) { $0 + $1.weight }
        var entries: [YAMLEntry] = []
        for name in order {
            guard let group = groups[name], let key = table.key(name) else { continue }
            // What does not have the form of its key is kept as it is: the tables report it.
            let fitting = group.filter { key.shape.canUnite($0.value) || !key.shape.isCollection }
            let misfits = group.filter { !key.shape.canUnite($0.value) && key.shape.isCollection }
            if !misfits.isEmpty, group.count > 1 { united.isIncomplete = true }
            if let first = fitting.first {
                entries.append(fitting.count == 1 ? first : one(of: fitting, key, &findings))
            }
            entries += misfits
        }
        united.content = .mapping(entries + others)
        return united
    }

    /// One entry for several of the same key.
    private func one(of group: [YAMLEntry], _ key: Key, _ findings: inout Findings) -> YAMLEntry {
        var entry = group[0]
        let values = group.map(\.value)
        switch key.shape {
        case .named(let table, _): entry.value = byName(values, table, &findings)
        case .texts: entry.value = byName(values, nil, &findings)
        case .list:
            entry.value.content = .sequence(values.flatMap { $0.items ?? [] })
            entry.value.weight = values.reduce(0) { $0 + $1.weight }
        case .part(let table): entry.value = united(values, table, as: entry.value, &findings)
        default:
            if Language.repeatableKeys.contains(key.name) { return repeated(group, key, &findings) }
            for other in group.dropFirst() { reportTwice("'\(key.name)'", group[0], other, &findings) }
            entry.value.content = .broken
        }
        return entry
    }

    /// What several files say, and all must say alike; that of the including file, which comes last, is meant.
    private func repeated(_ group: [YAMLEntry], _ key: Key, _ findings: inout Findings) -> YAMLEntry {
        let meant = group[group.count - 1]
        for other in group.dropLast() where other.value.scalar?.text != meant.value.scalar?.text {
            reportTwice("'\(key.name)'", meant, other, &findings)
        }
        return meant
    }

    private func byName(_ values: [YAMLNode], _ table: PartTable?, _ findings: inout Findings) -> YAMLNode {
        var united = values[0]
        var entries: [YAMLEntry] = []
        var positions: [String: Int] = [:]
        for entry in values.flatMap({ $0.entries ?? [] }) {
            if let position = positions[entry.key] {
                let name = "'\(Wording.shortened(entry.key))'"
                reportTwice(table.map { "\($0.noun) \(name)" } ?? name, entries[position], entry, &findings)
                // Which of the two is meant nobody knows, nor whether one was meant to have another name.
                entries[position].value.content = .broken
                united.isIncomplete = true
                continue
            }
            positions[entry.key] = entries.count
            entries.append(entry)
        }
        united.isIncomplete = united.isIncomplete || values.contains(where: \.isIncomplete)
        united.weight = values.reduce(0) { $0 + $1.weight }
        united.content = .mapping(entries)
        return united
    }

    private func reportTwice(
        _ what: String, _ first: YAMLEntry, _ second: YAMLEntry, _ findings: inout Findings
    ) {
        findings.add(
            .saidTwice, "\(what) is said in two files", at: second.keySpan(in: files), label: "said again",
            secondary: [.init(first.keySpan(in: files), "said here first")],
            help: ["keep one of the two; a file that changes another is laid over it with 'base'"])
    }
}

extension ValueShape {
    /// Whether several files may say it together.
    fileprivate var isCollection: Bool {
        switch self {
        case .named, .texts, .list, .part: true
        default: false
        }
    }

    fileprivate func canUnite(_ node: YAMLNode) -> Bool {
        switch self {
        case .named, .texts, .part: node.entries != nil
        case .list: node.items != nil
        default: false
        }
    }
}
