import Hagen
import HagenCompiler
import Testing

/// Mutated files that a topology is made of, through the whole compiler: wherever `include:` and `base:` lead, the answer
/// comes soon, and points into the files that were read.
@Suite("Fuzzing of the compiler by several files")
struct FilesFuzzTests {
    @Test("500 sets of files with a change in one of them yield a release, or findings with places in the files")
    func mutatedFiles() throws {
        let broken = try YAMLFixture.sets(in: "several"), right = try YAMLFixture.sets(in: "near-misses")
        // Right sets more often than broken ones: what is put together reaches the tables and the rules.
        let sets = try (broken + right + right + right + right).map { try $0.sourceSet().sources }
        let pool = sets.flatMap { $0 }
        var (whole, ofSeveralFiles, releases) = (0, 0, 0)
        let seeds = FuzzSeeds.chosen(of: 500)
        for seed in seeds {
            var mutation = DocumentMutation(seed: UInt64(seed))
            let set = sets[seed % sets.count]
            let (changed, bytes) = mutation.mutateOne(of: set.map(\.bytes))
            var files: [String: Source] = [:]
            for (index, source) in set.enumerated() {
                files[source.name] = index == changed ? Source(name: source.name, bytes: bytes) : source
            }
            let start = ProcessorTime.ofThisThread
            let reading = YAMLFrontEnd.readForRules(set[0].name) { name in
                if let file = files[name] { return .success(file) }
                // Whatever other file is asked for is there, and is some file of another set.
                let number = name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 1000 }
                return .success(Source(name: name, bytes: pool[number % pool.count].bytes))
            }
            let outcome = try CompilerOutcome(reading.topology, reading.diagnostics, reading.sources, seed: seed)
            #expect(ProcessorTime.ofThisThread - start < .seconds(5), "seed \(seed)")
            #expect(Set(reading.sources.map(\.name)).count == reading.sources.count, "seed \(seed)")
            for span in outcome.diagnostics.flatMap(\.spans) {
                #expect(reading.sources.contains { $0.holds(span) }, "seed \(seed): \(span)")
            }
            if reading.topology?.omissions.isEmpty == true { whole += 1 }
            if reading.sources.count > 1 { ofSeveralFiles += 1 }
            if outcome.hasRelease { releases += 1 }
        }
        if seeds.count >= 500 {
            #expect(whole > seeds.count / 20 && whole < seeds.count, "\(whole)")
            #expect(ofSeveralFiles > seeds.count / 2, "\(ofSeveralFiles)")
            #expect(releases > 0, "\(releases)")
        }
        print("fuzz: \(seeds.count) sets, \(ofSeveralFiles) of several files, \(whole) whole, \(releases) releases")
    }
}
