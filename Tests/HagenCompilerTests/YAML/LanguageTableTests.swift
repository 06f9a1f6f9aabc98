import Hagen
import Testing

@testable import HagenCompiler

@Suite("The tables of the language")
struct LanguageTableTests {
    private func completeDocument() throws -> (root: YAMLNode, files: FileNames) {
        try tree(of: try YAMLFixture(folder: "good", name: "complete").source)
    }

    private func tree(of source: Source) throws -> (root: YAMLNode, files: FileNames) {
        var findings = Findings(limit: 10)
        return try #require(YAMLTreeBuilder.tree(of: source, &findings))
    }

    @Test("The complete document holds every key whose engine is there, so that the tests over it test all of them")
    func documentIsComplete() throws {
        let (root, _) = try completeDocument()
        var seen: Set<String> = []
        KeyWalk.visit(root, .part(Language.topology)) { seen.insert($0) }
        var declared: Set<String> = []
        KeyWalk.declared(in: .part(Language.topology)) { declared.insert($0) }
        #expect(declared.count > 100)
        // Of what other files there are the model says nothing.
        for key in Language.fileKeys { #expect(declared.remove("topology.\(key)") != nil) }
        #expect(declared.subtracting(seen).sorted() == [])
    }

    @Test("Without any one of its keys the complete document means something else, or is refused: no key is ignored")
    func everyKeyIsRead() throws {
        let (root, files) = try completeDocument()
        let whole = TopologyReader.read(root, in: files).model
        var checked = 0
        for index in 0..<root.entryCount {
            var rest = index
            var removed = ""
            let smaller = root.removingEntry(&rest, &removed)
            var findings = Findings(limit: 10)
            ShapeChecker.check(smaller, in: files, &findings)
            checked += 1
            // The version is looked for before the tables are.
            if findings.hasErrors || removed == "apiVersion" { continue }
            let model = TopologyReader.read(smaller, in: files).model
            #expect(model != whole, "without entry \(index), \(removed)")
        }
        #expect(checked > 200)
    }

    @Test("Keys, synonyms and alternatives of every table are sound")
    func tablesAreSound() {
        var tables: [PartTable] = []
        KeyWalk.tables(in: .part(Language.topology)) { tables.append($0) }
        #expect(tables.count > 25)
        for table in tables {
            let names = table.keys.map(\.name)
            #expect(Set(names).count == names.count, "\(table.noun)")
            for alternative in table.exactlyOne + table.atMostOne {
                #expect(table.key(alternative)?.presence == .optional, "\(table.noun): \(alternative)")
            }
            if let identity = table.identity { #expect(names.contains(identity), "\(table.noun)") }
            let synonyms = table.keys.flatMap(\.synonyms)
            #expect(Set(synonyms).isDisjoint(with: names), "\(table.noun)")
            #expect(Set(synonyms).count == synonyms.count, "\(table.noun)")
            for key in table.keys {
                #expect(key.description.hasSuffix("."), "\(table.noun).\(key.name)")
                if key.presence == .required {
                    #expect(!key.example.isEmpty || key.name == "hosts", "\(table.noun).\(key.name)")
                }
            }
        }
    }

    @Test("Every example of a key is a value that the key takes")
    func examplesFit() throws {
        var tables: [PartTable] = []
        KeyWalk.tables(in: .part(Language.topology)) { tables.append($0) }
        for table in tables {
            for key in table.keys where !key.example.isEmpty {
                let source = Source(name: "example.yaml", text: "\(key.name): \(key.example)\n")
                let (root, files) = try tree(of: source)
                var findings = Findings(limit: 10)
                let only = PartTable(noun: "example", keys: [key])
                ShapeChecker.check(root, against: only, in: files, &findings)
                #expect(findings.ordered.map(\.message) == [], "\(table.noun).\(key.name)")
            }
        }
    }
}

/// Walks over a shape, with or without a document of that shape.
enum KeyWalk {
    static func tables(in shape: ValueShape, _ visit: (PartTable) -> Void) {
        switch shape {
        case .part(let table), .named(let table, _):
            visit(table)
            for key in table.keys { tables(in: key.shape, visit) }
        case .list(let item, _): tables(in: item, visit)
        case .either(let short, let long):
            tables(in: short, visit)
            tables(in: long, visit)
        default: break
        }
    }

    static func declared(in shape: ValueShape, _ visit: (String) -> Void) {
        tables(in: shape) { table in
            for key in table.keys where key.engine == .there { visit("\(table.noun).\(key.name)") }
        }
    }

    static func visit(_ node: YAMLNode, _ shape: ValueShape, _ visit: (String) -> Void) {
        switch shape {
        case .part(let table):
            for entry in node.entries ?? [] {
                guard let key = table.key(entry.key) else { continue }
                visit("\(table.noun).\(key.name)")
                Self.visit(entry.value, key.shape, visit)
            }
        case .named(let table, _):
            for entry in node.entries ?? [] { Self.visit(entry.value, .part(table), visit) }
        case .list(let item, _):
            for node in node.items ?? [] { Self.visit(node, item, visit) }
        case .either(_, let long): Self.visit(node, long, visit)
        default: break
        }
    }
}

extension YAMLNode {
    /// Entries of all mappings in it.
    fileprivate var entryCount: Int {
        (entries ?? []).reduce(0) { $0 + 1 + $1.value.entryCount } + (items ?? []).reduce(0) { $0 + $1.entryCount }
    }

    /// Without the entry of that number in the order of the text.
    fileprivate func removingEntry(_ number: inout Int, _ removed: inout String) -> YAMLNode {
        var copy = self
        switch content {
        case .mapping(let entries):
            var kept: [YAMLEntry] = []
            for var entry in entries {
                number -= 1
                if number == -1 {
                    removed = entry.key
                    continue
                }
                if number >= 0 { entry.value = entry.value.removingEntry(&number, &removed) }
                kept.append(entry)
            }
            copy.content = .mapping(kept)
        case .sequence(let items):
            var kept: [YAMLNode] = []
            for item in items { kept.append(number >= 0 ? item.removingEntry(&number, &removed) : item) }
            copy.content = .sequence(kept)
        default: break
        }
        return copy
    }
}
