internal import Hagen

/// The schema of a topology in YAML, for editors: JSON Schema, draft-07, made from the tables that the reader uses.
///
/// Where the draft leaves a choice, the one is taken after which an editor says the least and the clearest: a short form
/// and a long one are told apart by the value's type instead of being tried in turn, references stand beside their
/// key's description, and keys whose engine is missing are known, described and refused. Beside the draft's own words
/// stand those that the language servers of JSON and YAML read (`patternErrorMessage`, `errorMessage`,
/// `deprecationMessage`, `doNotSuggest`); validators pass over them.
package enum TopologySchema {
    /// The same bytes each time.
    package static var text: String { document.document }

    private static var document: OrderedJSON {
        var root = SchemaPart(Language.topology).members
        root.insert(
            contentsOf: [
                .init("$schema", "http://json-schema.org/draft-07/schema#"),
                .init("$id", .text("urn:\(Language.apiVersion.replacing("/", with: ":"))")),
                .init("title", .text("A topology of Hagen (\(Language.apiVersion))")),
                .init("description", "What a team declares: hosts, clusters, balancers, monitoring, objectives."),
            ], at: 0)
        root.append(
            .init(
                "patternProperties",
                .object([
                    .init(
                        "^\(Language.extensionPrefix)",
                        ["description": "Left to the writer, for parts that anchors name; Hagen does not look into it."]
                    )
                ])))
        return .object(root + [.init("definitions", .object(definitions))])
    }

    /// Every text form, then every part of the language below the root, by name.
    private static var definitions: [OrderedJSON.Member] {
        var parts: [String: PartTable] = [:]
        collect(.part(Language.topology), into: &parts)
        parts[SchemaPart.name(of: Language.topology)] = nil
        let forms = TextForm.allCases.filter { $0.pattern != nil }
        return forms.map { .init(SchemaValue.name(of: $0), SchemaValue.definition(of: $0)) }
            + parts.keys.sorted().compactMap { name in parts[name].map { .init(name, .object(SchemaPart($0).members)) }
            }
    }

    private static func collect(_ shape: ValueShape, into parts: inout [String: PartTable]) {
        switch shape {
        case .part(let table), .named(let table, _):
            let name = SchemaPart.name(of: table)
            precondition(parts[name] == nil || parts[name] == table, "two tables of the language are called '\(name)'")
            guard parts[name] == nil else { return }
            parts[name] = table
            for key in table.keys { collect(key.shape, into: &parts) }
        case .list(let item, _): collect(item, into: &parts)
        case .either(let short, let long):
            collect(short, into: &parts)
            collect(long, into: &parts)
        case .text, .integer, .boolean, .flag, .word, .texts, .anything: break
        }
    }
}
