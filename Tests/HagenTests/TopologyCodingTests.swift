import Foundation
import Testing

@testable import Hagen

/// A topology survives the way to `hagen` and back, and one of another version says so instead of being misread.
@Suite struct TopologyCodingTests {
    @Test func roundTrip() throws {
        let topology = Topology(model: LanguageExample.model, sources: LanguageExample.sources(file: "Shop.swift"))
        let read = try JSONDecoder().decode(Topology.self, from: JSONEncoder().encode(topology))
        #expect(read.model == topology.model)
        #expect(read.sources == topology.sources)
    }

    @Test func equalityIsMeaning() {
        var other = LanguageExample.model
        #expect(other == LanguageExample.model)
        other.clusters[0].members[1].priority = 100
        #expect(other != LanguageExample.model)
    }

    @Test func otherVersion() throws {
        let text = #"{"modelVersion": 999, "model": {"a shape that this version": "does not know"}, "sources": 5}"#
        let expected = Topology.VersionMismatch(found: 999, expected: Model.version)
        #expect(throws: expected) { try JSONDecoder().decode(Topology.self, from: Data(text.utf8)) }
        #expect(expected.description.contains("built with version 999 of Hagen's model"))
    }

    @Test(arguments: [
        (ModelPath.root, ""), (ModelPath.root["clusters"][0]["members"][1]["host"], "clusters[0].members[1].host"),
        (ModelPath.root["hosts"][2]["labels"]["rack-4"], "hosts[2].labels.rack-4"),
        (ModelPath.root["hosts"][2]["labels"]["example.com/rack"], #"hosts[2].labels["example.com/rack"]"#),
        (ModelPath.root["a"][#"say "[0]" \ once"#]["b"], #"a["say \"[0]\" \\ once"].b"#),
        (ModelPath.root["a"][""]["b"], #"a[""].b"#),
    ])
    func paths(path: ModelPath, text: String) throws {
        #expect(path.description == text)
        #expect(try JSONDecoder().decode(ModelPath.self, from: JSONEncoder().encode(path)) == path)
        let map = SourceMap([path: SourceSpan(file: "a", line: 1, column: 2)])
        #expect(try JSONDecoder().decode(SourceMap.self, from: JSONEncoder().encode(map)) == map)
    }

    /// Paths are equal by what they say, however they came about; a key of the user's that looks like an index is none.
    @Test func equalPaths() {
        let path = ModelPath.root["clusters"][0]["members"][1]
        let joined = ModelPath.root["clusters"][ModelPath.root[0]["members"][1]]
        #expect(path == joined && path.hashValue == joined.hashValue)
        #expect(path.parent?.parent?.parent == ModelPath.root["clusters"])
        #expect(path != ModelPath.root["clusters"][0]["members"][2])
        #expect(path != ModelPath.root["balancers"][0]["members"][1])
        #expect(path != path.parent && path.parent != path)
        #expect(ModelPath.root.parent == nil)
        #expect(ModelPath.root["labels"][0] != ModelPath.root["labels"]["[0]"])
        #expect(ModelPath.root["labels"]["[0]"].description == #"labels["[0]"]"#)
    }

    /// What another program writes is no reason to end: of a path without an end the beginning is read, and a place that
    /// no file has is an error.
    @Test func hostileSources() throws {
        let long = String(repeating: "a[0].", count: 100_000)
        let path = try JSONDecoder().decode(ModelPath.self, from: JSONEncoder().encode(long))
        #expect(path.description.hasPrefix("a[0].a[0].") && path.description.utf8.count < 1000)
        for text in ["[", "]", "..", "[x", "[\"", "[-1]", "[99999999999999999999]", "a.[0", "\u{0}"] {
            let path = try JSONDecoder().decode(ModelPath.self, from: JSONEncoder().encode(text))
            #expect(path.description.utf8.count <= text.utf8.count + 4, "\(text)")
        }
        for (start, end) in [("0", "1"), ("-1", "1"), ("1", "\(Int.max)"), ("5", "4")] {
            let span =
                #"{"file": "a", "start": {"line": 1, "column": \#(start)}, "end": {"line": 1, "column": \#(end)}}"#
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(SourceSpan.self, from: Data(span.utf8)) }
        }
    }

    /// What has no place of its own has that of the nearest part around it.
    @Test func nearestSpan() {
        let cluster = ModelPath.root["clusters"][0]
        let span = SourceSpan(file: "Shop.swift", line: 3, column: 9)
        let map = SourceMap([cluster: span])
        #expect(map.span(of: cluster["members"][1]["host"]) == span)
        #expect(map.span(of: ModelPath.root["clusters"][1]) == nil)
    }

    @Test func pathsLeaveTheMachineRelative() {
        let inside = SourceSpan(file: "/srv/ann/shop/Sources/Shop.swift", line: 1, column: 1)
        let beside = SourceSpan(file: "/srv/ann/shopping/Other.swift", line: 1, column: 1)
        let map = SourceMap([.root: inside, .root["hosts"]: beside])
        for folder in ["/srv/ann/shop", "/srv/ann/shop/"] {
            let relative = Topology(model: LanguageExample.model, sources: map).relative(to: folder)
            #expect(relative.sources.span(of: .root)?.file == "Sources/Shop.swift")
            #expect(relative.sources.span(of: .root["hosts"])?.file == "/srv/ann/shopping/Other.swift")
        }
    }
}
