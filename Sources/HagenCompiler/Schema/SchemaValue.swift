internal import Hagen

/// What a value of one shape can be, as members of a schema.
enum SchemaValue {
    static func members(of shape: ValueShape) -> [OrderedJSON.Member] {
        switch shape {
        case .text(let form): members(of: form)
        case .integer(let range): [.init("type", "integer")] + bounds(range)
        case .boolean: [.init("type", "boolean")]
        case .flag: [.init("const", .boolean(true))]
        case .word(let words): [.init("enum", .texts(words))]
        case .part(let table): [.init("$ref", .text("#/definitions/\(SchemaPart.name(of: table))"))]
        case .named(let table, let minimum):
            [
                .init("type", "object"),
                .init("propertyNames", .object(members(of: .text(table.nameForm)))),
                .init("additionalProperties", .object(members(of: .part(table)))),
            ] + (minimum > 0 ? [.init("minProperties", .integer(minimum))] : [])
        case .texts:
            [
                .init("type", "object"),
                .init("additionalProperties", .object(members(of: .argument))),
            ]
        case .list(let item, let minimum):
            [.init("type", "array"), .init("items", .object(members(of: item)))]
                + (minimum > 0 ? [.init("minItems", .integer(minimum))] : [])
        case .either(let short, let long):
            // As the reader does: a scalar is held against the short form, and nothing against the long one.
            [
                .init("if", ["type": .texts(["string", "number", "boolean"])]),
                .init("then", .object(members(of: short))),
                .init("else", .object(members(of: long))),
            ]
        case .anything: []
        }
    }

    static func name(of form: TextForm) -> String { "text-\(form.rawValue)" }

    private static func members(of form: TextForm) -> [OrderedJSON.Member] {
        if form.pattern != nil { return [.init("$ref", .text("#/definitions/\(name(of: form))"))] }
        let types: [OrderedJSON.Member] = [.init("type", .texts(["string", "number"]))]
        return form == .any ? types + [.init("minLength", .integer(1))] : types
    }

    /// Of a form that not every text has.
    static func definition(of form: TextForm) -> OrderedJSON {
        var members: [OrderedJSON.Member] = []
        if let numbers = form.numbers {
            members.append(.init("type", .texts(["string", numbers.type])))
            members += numbers.range.map(bounds) ?? []
        } else {
            members.append(.init("type", "string"))
        }
        if let pattern = form.pattern {
            members.append(.init("pattern", .text(pattern)))
            members.append(.init("patternErrorMessage", .text("expected \(form.expectation)".trimmingComma)))
        }
        return .object(members)
    }

    private static func bounds(_ range: ClosedRange<Int>) -> [OrderedJSON.Member] {
        let minimum = OrderedJSON.Member("minimum", .integer(range.lowerBound))
        return range.upperBound == .max ? [minimum] : [minimum, .init("maximum", .integer(range.upperBound))]
    }
}

extension String {
    /// Some expectations end in a comma, for the sentence that goes on after them.
    fileprivate var trimmingComma: String { hasSuffix(",") ? String(dropLast()) : self }
}
