import Foundation
import Hagen
import HagenCompiler
import Testing

/// Models as a topology in Swift hands them over, with values that no reader of YAML has looked at: empty and endless
/// names, NUL characters, numbers at the ends of their range, places that no file has. Reading them fails with an error,
/// or what was read is judged and shown.
@Suite("Fuzzing of the compiler by models")
struct ModelFuzzTests {
    @Test("2,000 mutated models yield an error of decoding, findings or a release")
    func mutatedModels() throws {
        let models = try Self.models()
        let source = Source(name: "fuzz.yaml", text: "apiVersion: hagen/v1\nname: shop\n")
        var read = 0
        var releases = 0
        let seeds = FuzzSeeds.chosen(of: 2000)
        for seed in seeds {
            var mutation = JSONMutation(seed: UInt64(seed))
            let data = try JSONSerialization.data(withJSONObject: mutation.mutate(models), options: .fragmentsAllowed)
            let start = ProcessorTime.ofThisThread
            guard let topology = try? JSONDecoder().decode(Topology.self, from: data) else { continue }
            read += 1
            let outcome = try CompilerOutcome(topology, [], [source], seed: seed)
            if outcome.hasRelease { releases += 1 }
            #expect(ProcessorTime.ofThisThread - start < .seconds(5), "seed \(seed)")
        }
        if seeds.count >= 2000 {
            #expect(read > seeds.count / 4 && read < seeds.count, "\(read)")
            #expect(releases > seeds.count / 100 && releases < read, "\(releases)")
        }
        print("fuzz: \(seeds.count) models, \(read) topologies, \(releases) releases")
    }

    /// Of the good documents, and of the examples of the rules: every part of the language is in some of them.
    private static func models() throws -> [Any] {
        let sources =
            try YAMLFixture.all(in: "good").map { try $0.source }
            + RuleList.all.map { Source(name: "fuzz.yaml", text: $0.nearMiss) }
            + RuleList.all.map { Source(name: "fuzz.yaml", text: $0.explanation.example) }
        return try sources.compactMap { YAMLFrontEnd.read($0).topology }.map {
            try JSONSerialization.jsonObject(with: JSONEncoder().encode($0))
        }
    }
}

/// One to five random changes of the leaves, lists and keys of a random JSON value.
private struct JSONMutation {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let texts = [
        "", " ", "a1", "b1", "api", "orders", "x\0y", "a\nb", "\u{1B}[2J", "\u{202E}", "../../etc/passwd", "%n",
        "<b>&\"",
        "ünïcode", "10.0.0.11/24", "10.0.0.11/0", "0.0.0.0/0", "::/0", "[::]:80", "127.0.0.1:9464", "80", "70000", "-1",
        "coordinator", "control", "HAGEN_ROLE", "http://h:80/x", "up > 0", "((((", "1s", "-1s", "0s", "106751d", "1ns",
        "99.99%", "200%", "1e400", "HG0107", "members", "active-passive", "tcp", String(repeating: "n", count: 300),
        String(repeating: "long ", count: 20_000),
    ]
    private static let numbers: [NSNumber] = [
        -1, 0, 1, 2, 80, 1023, 65535, 65536, 1_000_001, 0.5, -0.0, 1e308,
        NSNumber(value: Int.max), NSNumber(value: Int.min), NSNumber(value: UInt64.max),
    ]

    mutating func mutate(_ values: [Any]) -> Any {
        var value = values.randomElement(using: &random) ?? NSNull()
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            // The model more often than the map of its sources and the version beside it.
            if var envelope = value as? [String: Any], let model = envelope["model"],
                Int.random(in: 0..<4, using: &random) > 0
            {
                envelope["model"] = changed(model)
                value = envelope
            } else {
                value = changed(value)
            }
        }
        return value
    }

    private mutating func changed(_ value: Any) -> Any {
        switch value {
        case let object as [String: Any]: changed(object)
        case let list as [Any]: changed(list)
        case is String: Self.texts.randomElement(using: &random) ?? ""
        case is NSNumber: Self.numbers.randomElement(using: &random) ?? 0
        default: value
        }
    }

    private mutating func changed(_ object: [String: Any]) -> Any {
        guard let key = object.keys.sorted().randomElement(using: &random) else { return object }
        var object = object
        switch Int.random(in: 0..<40, using: &random) {
        case 0: object[key] = nil
        case 1: object[Self.texts.randomElement(using: &random) ?? ""] = object[key]
        default: object[key] = object[key].map { changed($0) }
        }
        return object
    }

    private mutating func changed(_ list: [Any]) -> Any {
        var list = list
        guard let index = list.indices.randomElement(using: &random) else { return list }
        switch Int.random(in: 0..<16, using: &random) {
        case 0: list.remove(at: index)
        case 1: list.append(list[index])
        case 2: list += Array(repeating: list[index], count: 300)
        case 3: list = []
        default: list[index] = changed(list[index])
        }
        return list
    }
}
