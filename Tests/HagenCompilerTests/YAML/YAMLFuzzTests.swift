import Foundation
import Hagen
import HagenCompiler
import Testing

/// Mutated documents: whatever a file holds, reading it ends soon, with a topology or with a finding inside the file.
@Suite("Fuzzing of the YAML front end")
struct YAMLFuzzTests {
    /// `HAGEN_FUZZ_DOCUMENTS=100000` for the long form; `HAGEN_FUZZ_SEED=N` runs one document alone.
    private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

    @Test("2,000 mutated documents yield a topology or a finding with a place in the source")
    func mutatedDocuments() throws {
        // Good documents more often than broken ones: what gets past the parser reaches the tables and the model.
        let folders = Array(repeating: "good", count: 10) + Array(repeating: "near-misses", count: 4) + ["broken"]
        let documents = try folders.flatMap { try YAMLFixture.all(in: $0) }.map { try $0.source.bytes }
        let seeds =
            Self.number("HAGEN_FUZZ_SEED").map { $0..<($0 + 1) } ?? 0..<(Self.number("HAGEN_FUZZ_DOCUMENTS") ?? 2000)
        var topologies = 0
        var slowest = Duration.zero
        for seed in seeds {
            var mutation = DocumentMutation(seed: UInt64(seed))
            let source = Source(name: "fuzz.yaml", bytes: mutation.mutate(documents))
            let start = ProcessorTime.ofThisThread
            let (topology, diagnostics) = YAMLFrontEnd.read(source)
            let report = DiagnosticReport(diagnostics)
            let text = HumanRenderer(sources: [source]).render(report)
            let used = ProcessorTime.ofThisThread - start
            slowest = max(slowest, used)
            #expect(used < .seconds(5), "seed \(seed)")
            #expect((topology == nil) == diagnostics.hasErrors, "seed \(seed)")
            #expect(diagnostics.isEmpty == text.isEmpty, "seed \(seed)")
            #expect(!text.contains("\u{1B}"), "seed \(seed)")
            for diagnostic in diagnostics {
                #expect(diagnostic.primary != nil, "seed \(seed): \(diagnostic.message)")
                for span in diagnostic.spans { #expect(source.holds(span), "seed \(seed): \(diagnostic.message)") }
            }
            if topology != nil { topologies += 1 }
        }
        // Were every mutant refused, or none, the mutations would test little.
        if seeds.count >= 2000 {
            #expect(topologies > seeds.count / 100)
            #expect(topologies < seeds.count / 2)
        }
        print("fuzz: \(seeds.count) documents, \(topologies) topologies, slowest \(slowest)")
    }
}

/// One to four random changes of a random document; the same seed makes the same document.
private struct DocumentMutation {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let fragments = [
        "[", "]", "{", "}", "[[[[[[[[", "}}}}", ": ", "- ", "? ", "& ", "*", "&a ", "*a", "<<: *a\n", "!!str ", "!x ",
        "|\n", ">-\n", "\"",
        "'", "#", "\t", "\n\t", "---\n", "...\n", "%YAML 1.2\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{FEFF}", "\0",
        "é", "本",
        "\u{1F600}", "~", "null", "true", "5", "-1", "1e999", "0x", "99999999999999999999", "\\", "\"\\x41\\u00e9\"",
        "apiVersion: x\n",
        "x-a: &a {b: *a}\n", "x-b: &a [1, 2]\n",
    ].map { Array($0.utf8) }

    mutating func mutate(_ documents: [[UInt8]]) -> [UInt8] {
        var bytes = documents.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, documents) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ documents: [[UInt8]]) {
        let offset = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where offset < bytes.count: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where offset < bytes.count: bytes[offset] = UInt8.random(in: 0...255, using: &random)
        case 2 where Int.random(in: 0..<4, using: &random) == 0: bytes.removeSubrange(offset...)
        case 3: duplicateLine(&bytes)
        case 4: swapWords(&bytes)
        case 5:
            bytes.insert(
                contentsOf: Array(repeating: UInt8(ascii: "["), count: Int.random(in: 1...150, using: &random)),
                at: offset)
        case 6: bytes.removeSubrange(offset..<min(bytes.count, offset + Int.random(in: 0...20, using: &random)))
        case 7:
            let other = documents.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 80)], at: offset)
        default: bytes.insert(contentsOf: Self.fragments.randomElement(using: &random) ?? [], at: offset)
        }
    }

    private mutating func duplicateLine(_ bytes: inout [UInt8]) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard let line = lines.randomElement(using: &random) else { return }
        lines.insert(line, at: Int.random(in: 0...lines.count, using: &random))
        bytes = Array(lines.joined(separator: [0x0A]))
    }

    /// Swaps two words, so that keys and values stand in each other's place.
    private mutating func swapWords(_ bytes: inout [UInt8]) {
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        var words: [Range<Int>] = []
        var start: Int?
        for (offset, byte) in (bytes + [0]).enumerated() {
            if isLetter(byte) {
                start = start ?? offset
            } else if let first = start {
                words.append(first..<offset)
                start = nil
            }
        }
        guard let left = words.randomElement(using: &random), let right = words.randomElement(using: &random),
            left.upperBound <= right.lowerBound
        else { return }
        let (first, second) = (Array(bytes[left]), Array(bytes[right]))
        bytes.replaceSubrange(right, with: first)
        bytes.replaceSubrange(left, with: second)
    }
}
