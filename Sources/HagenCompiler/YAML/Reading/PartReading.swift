internal import Hagen

/// The parts that a model can do without: each is read on its own, and what is broken is left out of the model, so that
/// the rules can judge the rest.
extension TopologyReader {
    /// The entry of a key that says something once; `nil` where it is not there, or left out.
    mutating func sound(
        _ fields: Fields, _ key: String, of table: PartTable, _ kind: Omissions.Kind
    ) -> YAMLEntry? {
        guard let entry = fields[key], !flaws.mark(at: entry) else {
            if fields[key] != nil || flaws.misses(key, of: table.noun) { omissions.leaveOut(kind) }
            return nil
        }
        return entry
    }

    /// The keys of a part of the root that holds parts of its own; `nil` where it is not there, or left out.
    mutating func section(
        _ fields: Fields, _ key: String, holding kinds: [Omissions.Kind], at path: ModelPath
    ) -> Fields? {
        guard let entry = fields[key] else {
            if flaws.misses(key, of: Language.topology.noun) { kinds.forEach { omissions.leaveOut($0) } }
            return nil
        }
        record(entry.keySpan(in: files), at: path)
        let isWhole = entry.value.entries != nil && !entry.value.isIncomplete
        if !isWhole { kinds.forEach { omissions.leaveOut($0) } }
        return entry.value.entries == nil ? nil : Fields(entry.value)
    }

    /// A mapping from names to parts; the place of a part and of its name is the key.
    mutating func parts<Part>(
        _ fields: Fields, _ key: String, _ kind: Omissions.Kind, at path: ModelPath,
        _ read: (inout Self, String, Fields, ModelPath) -> Part?
    ) -> [Part] {
        guard let entry = fields[key] else {
            if flaws.misses(key, of: Language.topology.noun) { omissions.leaveOut(kind) }
            return []
        }
        record(entry.keySpan(in: files), at: path)
        let entries = entry.value.entries ?? []
        if entry.value.entries == nil || entry.value.isIncomplete || entries.isEmpty && flaws.mark(at: entry) {
            omissions.leaveOut(kind)
        }
        var parts: [Part] = []
        for entry in entries {
            let place = path[parts.count]
            let span = entry.keySpan(in: files)
            record(span, at: place)
            record(span, at: place["name"])
            guard !flaws.mark(at: entry), let part = read(&self, entry.key, Fields(entry.value), place) else {
                omissions.leaveOut(kind, entry.key)
                continue
            }
            parts.append(part)
        }
        return parts
    }

    /// A list of parts; the place of one is the value of its identity, else the item itself.
    mutating func items<Part>(
        _ fields: Fields, _ key: String, _ kind: Omissions.Kind, of table: PartTable, at path: ModelPath,
        identity: String, _ read: (inout Self, Fields, ModelPath) -> Part?
    ) -> [Part] {
        guard let entry = fields[key] else {
            if flaws.misses(key, of: table.noun) { omissions.leaveOut(kind) }
            return []
        }
        record(entry.keySpan(in: files), at: path)
        if entry.value.items == nil { omissions.leaveOut(kind) }
        var parts: [Part] = []
        for node in entry.value.items ?? [] {
            let place = path[parts.count]
            let name = node.entries?.first { $0.key == identity }?.value
            record((name ?? node).span(in: files), at: place)
            guard !flaws.mark(at: node), let part = read(&self, Fields(node), place) else {
                if let name = name?.scalar?.text { omissions.leaveOut(kind, name) } else { omissions.leaveOut(kind) }
                continue
            }
            parts.append(part)
        }
        return parts
    }
}
