import Hagen
import HagenCompiler
import Testing

/// Mutated documents through the whole compiler: whatever a file holds, the answer comes soon, and is a release or a
/// finding inside the file.
@Suite("Fuzzing of the compiler by documents")
struct DocumentFuzzTests {
    @Test("2,000 mutated documents yield a release or a finding with a place in the source")
    func mutatedDocuments() throws {
        // Good documents more often than broken ones: what gets past the parser reaches the tables and the rules.
        let folders = Array(repeating: "good", count: 10) + Array(repeating: "near-misses", count: 4) + ["broken"]
        let documents =
            try folders.flatMap { try YAMLFixture.all(in: $0) }.map { try $0.source.bytes }
            + RuleList.all.map { Array($0.nearMiss.utf8) }
        var topologies = 0
        var releases = 0
        var slowest = Duration.zero
        let seeds = FuzzSeeds.chosen(of: 2000)
        for seed in seeds {
            var mutation = DocumentMutation(seed: UInt64(seed))
            let source = Source(name: "fuzz.yaml", bytes: mutation.mutate(documents))
            let start = ProcessorTime.ofThisThread
            let (topology, diagnostics) = YAMLFrontEnd.readForRules(source)
            #expect(topology != nil || diagnostics.hasErrors, "seed \(seed)")
            for diagnostic in diagnostics { #expect(diagnostic.primary != nil, "seed \(seed): \(diagnostic.message)") }
            let outcome = try CompilerOutcome(topology, diagnostics, [source], seed: seed)
            let used = ProcessorTime.ofThisThread - start
            slowest = max(slowest, used)
            #expect(used < .seconds(5), "seed \(seed)")
            for span in outcome.diagnostics.flatMap(\.spans) {
                #expect(source.holds(span), "seed \(seed): \(span)")
            }
            if topology?.omissions.isEmpty == true { topologies += 1 }
            if outcome.hasRelease { releases += 1 }
        }
        // Were every mutant refused, or none, the mutations would test little.
        if seeds.count >= 2000 {
            #expect(topologies > seeds.count / 20 && topologies < seeds.count * 3 / 4, "\(topologies)")
            #expect(releases > seeds.count / 100 && releases < topologies, "\(releases)")
        }
        print("fuzz: \(seeds.count) documents, \(topologies) topologies, \(releases) releases, slowest \(slowest)")
    }
}
