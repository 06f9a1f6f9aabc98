internal import Hagen

/// Says that a value does not fit: what is expected, what was found, and what was probably meant.
struct WrongValue {
    let node: YAMLNode
    let shape: ValueShape
    let subject: Subject
    /// The key, to point at where there is no value.
    let head: SourceSpan
    let files: FileNames

    func report(_ fault: ScalarFault, to findings: inout Findings) {
        let isEmpty = node.scalar?.meaning == .null && node.scalar?.text.isEmpty == true
        let span = isEmpty ? head : node.span(in: files)
        let suggestion = fault.suggestion ?? collectionSuggestion
        let fixes =
            isEmpty
            ? [] : suggestion.map { [Wording.replacement(of: span, saying: node.scalar?.text ?? "", by: $0)] } ?? []
        let isQuoted = suggestion != nil && suggestion == node.scalar?.text
        let question = isQuoted ? ", in quotes" : Wording.question(suggestion)
        switch fault.kind {
        case .wrongType:
            let found = isEmpty ? "nothing" : emptyCollection ?? Wording.article(of: node)
            findings.add(
                .wrongType, "expected \(shape.expectation) for \(subject.short), found \(found)\(question)", at: span,
                label: isEmpty
                    ? "has no value"
                    : lacksUnit ? "without a unit" : emptyCollection.map { _ in "empty" } ?? "not \(shape.noun)",
                notes: notes, help: help, fixes: fixes)
        case .unknownWord:
            let word = Wording.shortened(node.scalar?.text ?? "")
            findings.add(
                .unknownWord, "'\(word)' is no value of \(subject.short)\(question)", at: span, label: "unknown",
                notes: ["\(subject.short) is \(shape.expectation)"], fixes: fixes)
        case .outOfRange(let range):
            findings.add(
                .outOfRange,
                "\(subject) is \(Wording.shortened(node.scalar?.text ?? "")), and must be from \(range.lowerBound) to \(range.upperBound)",
                at: span, label: "not from \(range.lowerBound) to \(range.upperBound)", fixes: fixes)
        case .unusableName:
            findings.add(
                .name, "\(Wording.article(of: node)) is not \(shape.expectation)\(question)", at: span,
                label: "not a name",
                notes: ["a name is made of letters, digits, '-' and '_', and begins with a letter or a digit"],
                fixes: fixes)
        case .pointless:
            findings.add(
                .outOfRange, "\(subject.short) can only be true", at: span, label: "says nothing",
                help: ["leave the key out where it is not meant"])
        }
    }

    /// A bare number where a duration is expected.
    private var lacksUnit: Bool {
        guard shape == .text(.duration) || shape == .text(.durationOrZero), let scalar = node.scalar else {
            return false
        }
        switch scalar.meaning {
        case .integer, .number: return (Double(scalar.text) ?? 0) > 0
        case .text, .boolean, .null: return false
        }
    }

    private var emptyCollection: String? {
        switch node.content {
        case .sequence(let items) where items.isEmpty: "an empty list"
        case .mapping(let entries) where entries.isEmpty: "an empty mapping"
        default: nil
        }
    }

    /// One text where a list of texts is expected: the list of it, or of its words where it is a command.
    private var collectionSuggestion: String? {
        guard case .list(let item, _) = shape, let scalar = node.scalar, node.start.line == node.end.line,
            scalar.meaning == .text, scalar.text.utf8.count <= 200
        else { return nil }
        if item == .text(.argument) {
            guard !scalar.text.contains(where: { "'\"\\,[]{}$&|;<>*#:".contains($0) }) else { return nil }
            return "[" + scalar.text.split(separator: " ").joined(separator: ", ") + "]"
        }
        return ScalarFault(of: scalar, against: item.short) == nil && item.acceptsScalars ? "[\(scalar.text)]" : nil
    }

    private var notes: [String] {
        if case .part(let table) = shape { [Wording.keys(of: table)] } else { [] }
    }

    private var help: [String] {
        switch (shape, node.content) {
        case (.named(let table, _), .sequence):
            ["write each \(table.noun) under its name, without '-'"]
        case (.list, .mapping): ["begin each item with '- ', or write them in brackets: [a, b]"]
        default: []
        }
    }
}

extension ValueShape {
    /// What a message calls it, with examples.
    var expectation: String {
        switch self {
        case .text(let form): form.expectation
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .flag: "true"
        case .word(let words): words.count == 1 ? "'\(words[0])'" : "one of \(Wording.list(words, "or"))"
        case .part(let table): "a mapping (\(Wording.indefinite(table.noun)))"
        case .named(let table, _): "a mapping from names to \(table.noun)s"
        case .texts: "a mapping from texts to texts"
        case .list(let item, _): "a list of \(item.plural)"
        case .either(let short, let long): "\(short.expectation) or \(long.expectation)"
        case .anything: "anything"
        }
    }

    var noun: String {
        switch self {
        case .text(let form): Wording.indefinite(form.noun)
        case .integer: "a whole number"
        case .boolean: "true or false"
        case .flag: "true"
        case .word: "one of these words"
        case .part, .named, .texts: "a mapping"
        case .list: "a list"
        case .either(let short, let long): "\(short.noun) or \(long.noun)"
        case .anything: "anything"
        }
    }

    fileprivate var plural: String {
        switch self {
        case .text(.argument): "words"
        case .text(let form): form.noun + "s"
        case .integer: "whole numbers"
        case .word(let words): "words (\(Wording.list(words, "or")))"
        case .part(let table): table.noun + "s"
        case .either(let short, let long): "\(short.plural) or \(long.plural)"
        default: "values"
        }
    }

    /// The form that a scalar can have here.
    fileprivate var short: ValueShape { if case .either(let short, _) = self { short } else { self } }

    fileprivate var acceptsScalars: Bool {
        switch short {
        case .text, .integer, .boolean, .flag, .word: true
        default: false
        }
    }
}
