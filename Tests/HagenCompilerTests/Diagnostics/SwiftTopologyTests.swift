import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: findings in a topology in Swift are understood by their words, because a loop declares many parts in one place.
struct SwiftTopologyTests {
    private static let point = SourceSpan(file: "Sources/Shop/Shop.swift", line: 7, column: 13)
    private static let source = Source(
        name: "Sources/Shop/Shop.swift",
        text: "import Hagen\n\nstruct Shop {\n  var many: [Component] {\n    for name in names {\n"
            + "      // Each of them is declared here.\n            LoadBalancingCluster(name)\n    }\n  }\n}\n")

    /// Goal: of all rules' findings, told of one place in Swift, no two read alike: each names the part that it is about.
    @Test(arguments: ["every-fault", "store-of-one", "store-of-two", "store-of-three"])
    func findingsOfOnePlaceDiffer(name: String) throws {
        let file = Snapshot.fixtures.appending(path: "Rules/\(name).yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let (read, _) = YAMLFrontEnd.read(Source(name: file.lastPathComponent, text: text))
        let model = try #require(read).model
        let diagnostics = Compiler.check(
            Topology(model: model, sources: SourceMap([.root: Self.point])), placement: .declared)
        let messages = Dictionary(grouping: diagnostics) { "\($0.code): \($0.message)" }
        for (message, same) in messages where same.count > 1 { Issue.record("\(same.count) times \(message)") }
        #expect(diagnostics.allSatisfy { $0.primary?.span == Self.point && $0.fixes.isEmpty })
        let rendered = HumanRenderer(sources: [Self.source]).render(DiagnosticReport(diagnostics))
        for diagnostic in diagnostics { #expect(rendered.contains(diagnostic.message), "\(diagnostic.message)") }
    }

    /// Goal: what a loop declares is shown once for each of the names, with the file, the line and the column.
    @Test func eachOfALoopIsShown() throws {
        let names = ["north", "south", "west"]
        var sources = SourceMap([.root: Self.point])
        for index in names.indices { sources.spans[ModelPath.root["clusters"][index]] = Self.point }
        let model = Model.Topology(
            name: "shop",
            hosts: ["a1", "b1"].enumerated().map { index, name in
                Model.Host(name: name, address: "127.0.0.\(index + 1)/8", zone: "a")
            },
            clusters: names.map { name in
                Model.Cluster(
                    name: name, kind: .loadBalancing, workload: .process(Model.ProcessWorkload(command: ["/bin/x"])),
                    members: [Model.Member(host: "a1"), Model.Member(host: "b1")])
            })
        let diagnostics = Compiler.check(Topology(model: model, sources: sources), placement: .declared)
        #expect(diagnostics.map(\.code) == Array(repeating: DiagnosticCode(107), count: 3))
        let rendered = HumanRenderer(sources: [Self.source]).render(DiagnosticReport(diagnostics))
        for name in names { #expect(rendered.contains("both members of cluster '\(name)' are in zone 'a'")) }
        #expect(rendered.components(separatedBy: "--> Sources/Shop/Shop.swift:7:13").count == 4)
        #expect(rendered.contains("LoadBalancingCluster(name)"))
    }

    /// Goal: nothing is fixed in Swift, where no text is known.
    @Test func nothingIsFixed() {
        let finding = Diagnostic(
            DiagnosticCode(102), .error, "x", at: Self.point, fixes: [.init("write", [.init(Self.point, "")], .safe)])
        let run = FixRun([Self.source]) { _ in FixRun.Judgement(reading: [], rules: [finding]) }
        #expect(run.sources == [Self.source] && run.steps == [])
    }
}
