internal import Hagen

/// One part of the language as members of a schema: its keys, and which of them go together.
struct SchemaPart {
    let table: PartTable

    init(_ table: PartTable) { self.table = table }

    /// What it is called among the definitions: `virtual-ip`.
    static func name(of table: PartTable) -> String {
        table.noun.lowercased().split(separator: " ").joined(separator: "-")
    }

    var members: [OrderedJSON.Member] {
        var members: [OrderedJSON.Member] = [
            .init("type", "object"),
            .init("properties", .object(table.keys.map { .init($0.name, property($0)) })),
        ]
        let required = table.keys.filter { $0.presence == .required }.map(\.name)
        if !required.isEmpty, table != Language.topology { members.append(.init("required", .texts(required))) }
        members.append(.init("additionalProperties", .boolean(false)))
        let conditions = self.conditions
        return members + alternatives + (conditions.isEmpty ? [] : [.init("allOf", .list(conditions))])
    }

    // MARK: Keys

    private func property(_ key: Key) -> OrderedJSON {
        guard key.engine == .there else {
            return .object([
                .init("description", .text("Not there yet, and refused (HG0100). \(key.description)")),
                .init("deprecationMessage", "part of the language, but its engine is not there yet"),
                .init("doNotSuggest", .boolean(true)),
                .init("not", .object([])),
                .init("errorMessage", .text("'\(key.name)' is part of the language, but its engine is not there yet")),
            ])
        }
        let isVersion = table == Language.topology && key.name == "apiVersion"
        let value: [OrderedJSON.Member] =
            isVersion ? [.init("const", .text(Language.apiVersion))] : SchemaValue.members(of: key.shape)
        return .object([.init("description", .text(key.description))] + value + examples(of: key))
    }

    /// The example is written as in a topology, so it is read as one.
    private func examples(of key: Key) -> [OrderedJSON.Member] {
        guard !key.example.isEmpty else { return [] }
        let source = Source(name: "example", text: key.example)
        var findings = Findings(limit: 1)
        let tree = YAMLTreeBuilder.tree(of: source, &findings)
        guard let value = tree.flatMap({ OrderedJSON($0.root) }) else {
            preconditionFailure("the example of \(table.noun).\(key.name) is not YAML: \(key.example)")
        }
        return [.init("examples", .list([value]))]
    }

    // MARK: Which keys go together

    /// Where nothing but the alternatives can stand, their number says all; else each is asked for in turn.
    private var alternatives: [OrderedJSON.Member] {
        guard !table.exactlyOne.isEmpty else { return [] }
        let others = table.keys.contains { $0.engine == .there && !table.exactlyOne.contains($0.name) }
        return others
            ? [.init("oneOf", .list(table.exactlyOne.map { ["required": .texts([$0])] }))]
            : [.init("minProperties", .integer(1)), .init("maxProperties", .integer(1))]
    }

    private var conditions: [OrderedJSON] {
        let pairs = table.atMostOne.enumerated().flatMap { index, first in
            table.atMostOne[(index + 1)...].map { second -> OrderedJSON in
                [
                    "not": ["required": .texts([first, second])],
                    "errorMessage": .text("takes one of '\(first)' and '\(second)'"),
                ]
            }
        }
        return pairs + (table == Language.cluster ? Self.conditionsOfClusters : [])
            + (table == Language.topology ? [Self.conditionOfTopologies] : [])
    }

    /// What other files may hold is not missed in this one.
    private static let conditionOfTopologies: OrderedJSON = [
        "if": ["not": ["anyOf": .list(Language.fileKeys.map { ["required": .texts([$0])] })]],
        "then": ["required": .texts(Language.topology.keys.filter { $0.presence == .required }.map(\.name))],
    ]

    /// What `ClusterConsistency` checks.
    private static let conditionsOfClusters: [OrderedJSON] = [
        [
            "if": ["properties": ["kind": ["const": "failover"]], "required": .texts(["kind"])],
            "then": ["required": .texts(["mode"])],
        ],
        [
            "if": [
                "properties": ["kind": ["enum": .texts(Language.clusterKinds.filter { $0 != "failover" })]],
                "required": .texts(["kind"]),
            ],
            "then": [
                "properties": ["mode": ["not": .object([]), "errorMessage": "only failover clusters have a mode"]]
            ],
        ],
        [
            "if": [
                "properties": [
                    "workload": [
                        "type": "object", "minProperties": .integer(1), "not": ["required": .texts(["external"])],
                    ]
                ],
                "required": .texts(["workload"]),
            ],
            "then": ["required": .texts(["members"])],
        ],
    ]
}
