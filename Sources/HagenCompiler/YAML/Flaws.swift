internal import Hagen

/// Which parts of a tree are broken, as the tables see it: the model leaves them out.
struct Flaws: Sendable {
    private struct Place: Hashable {
        var file: UInt16
        var start: SourceSpan.Position
    }

    private struct MissingKey: Hashable {
        var noun: String
        var key: String
    }

    private var places: Set<Place> = []
    private var missing: Set<MissingKey> = []

    /// Marks what stands under a key. An anchored part may stand under several, and be broken under one.
    mutating func mark(_ entry: YAMLEntry) { places.insert(Place(file: entry.value.file, start: entry.keyStart)) }

    /// Marks an item of a list.
    mutating func mark(_ item: YAMLNode) { places.insert(Place(file: item.file, start: item.start)) }

    func mark(at entry: YAMLEntry) -> Bool {
        !places.isEmpty && places.contains(Place(file: entry.value.file, start: entry.keyStart))
    }

    func mark(at item: YAMLNode) -> Bool {
        !places.isEmpty && places.contains(Place(file: item.file, start: item.start))
    }

    /// Remembers that a part of that kind lacks a key that it needs, or has it under a wrong name.
    mutating func miss(_ key: String, of noun: String) { missing.insert(MissingKey(noun: noun, key: key)) }

    func misses(_ key: String, of noun: String) -> Bool { missing.contains(MissingKey(noun: noun, key: key)) }
}
