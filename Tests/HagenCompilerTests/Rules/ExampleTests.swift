import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: what a newcomer reads first is right.
struct ExampleTests {
    /// Goal: the examples that are written in YAML have no diagnostic, in either placement, and compile.
    @Test(arguments: ["quickstart/topology.yaml", "shop/yaml/topology.yaml", "pair/topology.yaml"], Placement.allCases)
    func examplesHaveNoFaults(path: String, placement: Placement) throws {
        let examples = Snapshot.fixtures.appending(path: "../../../Examples").standardizedFileURL
        let text = try String(contentsOf: examples.appending(path: path), encoding: .utf8)
        let (read, diagnostics) = YAMLFrontEnd.read(Source(name: path, text: text))
        #expect(diagnostics == [])
        let (release, findings) = Compiler.compile(try #require(read), placement: placement)
        #expect(findings == [])
        #expect(release?.hosts.isEmpty == false)
    }
}
