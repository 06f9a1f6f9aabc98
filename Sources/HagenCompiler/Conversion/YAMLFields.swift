internal import Hagen

/// The keys of one part while it is written: what is unsaid has none.
struct YAMLFields {
    private(set) var entries: [YAMLValue.Entry] = []

    mutating func add(_ key: String, _ value: YAMLValue?) {
        guard let value else { return }
        entries.append(.word(key, value))
    }
    mutating func add(_ key: String, _ text: String?) { add(key, text.map { .text($0) }) }
    mutating func add(_ key: String, _ number: Int?) { add(key, number.map { .integer($0) }) }
    mutating func add(_ key: String, _ duration: Duration?) { add(key, duration?.text) }
    mutating func add<Word: RawRepresentable>(_ key: String, _ word: Word?) where Word.RawValue == String {
        add(key, word?.rawValue)
    }
    /// A truth that is unsaid where it is as usual.
    mutating func add(_ key: String, _ flag: Bool, unless usual: Bool) {
        if flag != usual { add(key, .flag(flag)) }
    }
    mutating func add(_ key: String, _ texts: [String: String]) {
        if !texts.isEmpty { add(key, .texts(texts, .line)) }
    }
    mutating func add(_ key: String, _ texts: [String]) {
        if !texts.isEmpty { add(key, .list(texts.map { .text($0) }, .line)) }
    }
    mutating func add(_ key: String, _ items: [YAMLValue], _ layout: YAMLValue.Layout = .line) {
        if !items.isEmpty { add(key, .list(items, layout)) }
    }
    /// One name by `receiver`, several by `receivers`.
    mutating func addReceivers(_ names: [String]) {
        if names.count == 1 { add("receiver", names[0]) } else { add("receivers", names) }
    }

    /// On one line where it fits.
    var short: YAMLValue { .mapping(entries, .line) }
    /// Each key on a line of its own.
    var long: YAMLValue { .mapping(entries, .block) }
}

extension YAMLValue.Entry {
    /// A key of the language.
    fileprivate static func word(_ key: String, _ value: YAMLValue) -> Self {
        var entry = Self(key, value)
        entry.isWord = true
        return entry
    }
}

extension YAMLValue {
    /// A mapping with one key.
    static func one(_ key: String, _ value: YAMLValue) -> YAMLValue { .mapping([.word(key, value)], .line) }
    static func words(_ words: [String]) -> YAMLValue { .list(words.map { .text($0) }, .line) }
}
