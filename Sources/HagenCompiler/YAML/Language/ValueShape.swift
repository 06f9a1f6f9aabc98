/// What can stand somewhere in a topology. The tables below `Language` are made of these: they are what the reader checks
/// documents against.
indirect enum ValueShape: Equatable, Sendable {
    case text(TextForm)
    case integer(ClosedRange<Int>)
    case boolean
    /// A key whose presence says it all: `true`.
    case flag
    /// One of these words.
    case word([String])
    /// A mapping with these keys.
    case part(PartTable)
    /// A mapping from names to parts of one kind, at least so many of them.
    case named(PartTable, minimum: Int)
    /// A mapping from text to text.
    case texts
    /// A list with at least so many items.
    case list(ValueShape, minimum: Int)
    /// A short form, and the long one.
    case either(ValueShape, ValueShape)
    /// Not looked into: the engine of this key is not there yet.
    case anything

    static func named(_ parts: PartTable) -> ValueShape { .named(parts, minimum: 0) }
    static func list(_ items: ValueShape) -> ValueShape { .list(items, minimum: 1) }
}

/// A part of the language: the keys of one kind of mapping.
struct PartTable: Equatable, Sendable {
    /// What it is called in messages: `host`.
    var noun: String
    var keys: [Key]
    /// Exactly one of these keys stands in it.
    var exactlyOne: [String] = []
    /// At most one of these keys stands in it.
    var atMostOne: [String] = []
    /// The key whose value tells one from another in a list.
    var identity: String? = nil

    func key(_ name: String) -> Key? { keys.first { $0.name == name } }

    /// What names one of several such parts; the names of hosts may have dots.
    var nameForm: TextForm { noun == Language.host.noun ? .hostName : .name }
}

/// One key of a part.
struct Key: Equatable, Sendable {
    enum Presence: Equatable, Sendable { case required, optional }
    enum Engine: Equatable, Sendable { case there, notThereYet }

    var name: String
    /// One sentence for editors and messages.
    var description: String
    var shape: ValueShape
    var presence: Presence
    var engine: Engine
    /// A value as it would be written.
    var example: String
    /// What else it might be called by somebody who knows another tool.
    var synonyms: [String]

    static func required(
        _ name: String, _ shape: ValueShape, _ description: String, example: String = "", synonyms: [String] = []
    ) -> Key {
        Key(
            name: name, description: description, shape: shape, presence: .required, engine: .there, example: example,
            synonyms: synonyms)
    }

    static func optional(
        _ name: String, _ shape: ValueShape, _ description: String, example: String = "", synonyms: [String] = []
    ) -> Key {
        Key(
            name: name, description: description, shape: shape, presence: .optional, engine: .there, example: example,
            synonyms: synonyms)
    }

    /// A key of the language that the model has no place for yet.
    static func later(_ name: String, _ description: String) -> Key {
        Key(
            name: name, description: description, shape: .anything, presence: .optional, engine: .notThereYet,
            example: "", synonyms: [])
    }
}
