import Foundation
import PromQL
import Testing

/// Goal: what is PromQL and what is not, Prometheus' own parser and ours agree on.
@Suite struct PrometheusAgreementTests {
    static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Whole expressions, whose tokens are then left out, doubled, exchanged and mixed.
    private static let seeds = [
        "node_load1 { instance = \"a\" , mode != 'b' , } >= 0x1F", "0.85 < instance:node_cpu:rate1m",
        "sum by ( a , b ) ( rate ( up { x =~ \"y.*\" } [ 5m ] offset 1h ) ) > 1",
        "topk ( 3 , up ) without ( a ) / on ( a , b ) group_left ( c ) d", "up and on ( ) a unless b or c == bool 2",
        "- up ^ 2 * ( 3 % 4 ) - + Inf", "quantile ( 0.9 , up @ end ( ) )",
        "max_over_time ( ( up > 1 ) [ 1h : 5m ] ) != NaN",
        "count_values ( \"v\" , up ) == 1", "histogram_quantile ( 0.99 , up ) > -1e3", "absent ( { job = \"x\" } )",
        "label_replace ( up , \"a\" , \"$1\" , \"b\" , \"(.*)\" ) > 0", "vector ( 1 ) atan2 time ( )",
        "round ( up , 5 ) < 010",
        "clamp ( up , 0 , 1 ) >= scalar ( up )", "up offset - 5m @ 100", "hour ( ) > 5", "group ( up ) by ( le )",
        "sort_desc ( up ) > bool ignoring ( a ) up", "avg ( sum ) > bottomk", "{ __name__ = \"up\" } > 08",
    ].map { $0.split(separator: " ").map(String.init) }

    private static let words = [
        "(", ")", "{", "}", "[", "]", ",", ":", "+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "=", "=~", "!~",
        "@",
        "and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset",
        "atan2",
        "sum", "rate", "up", "5m", "1h30m", "1", "0.5", "1e3", "0x", "08", "\"s\"", "'s'", "`s`", "Inf", "start", "x:y",
    ]

    private static func expression(_ random: inout SplitMix) -> String {
        var tokens = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let index = Int.random(in: 0..<tokens.count, using: &random)
            let word = words[Int.random(in: 0..<words.count, using: &random)]
            switch Int.random(in: 0...4, using: &random) {
            case 0: tokens[index] = word
            case 1: tokens.insert(word, at: index)
            case 2 where tokens.count > 1: tokens.remove(at: index)
            case 3: tokens.swapAt(index, Int.random(in: 0..<tokens.count, using: &random))
            default:
                let other = seeds[Int.random(in: 0..<seeds.count, using: &random)]
                tokens = Array(tokens[..<index] + other[min(index, other.count)...])
                if tokens.isEmpty { tokens = other }
            }
        }
        return tokens.joined(separator: " ")
    }

    /// Debian's promtool is older than durations as numbers and quoted names.
    private static func isLater(_ refusal: String) -> Bool {
        refusal.contains("unexpected duration") || refusal.contains("unexpected string")
            || refusal.contains("unexpected <string>") || refusal.contains("trailing commas not allowed")
    }

    @Test(
        .enabled(if: promtool != nil, "promtool is not installed: apt-get install prometheus"), arguments: [1, 10, 29])
    func agree(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let texts = (0..<3_000).map { _ in Self.expression(&random) }
        let refused = try Self.refusedByPrometheus(texts)
        var compared = 0
        for (index, text) in texts.enumerated() {
            var kind: PromQLError.Kind?
            var message = ""
            do throws(PromQLError) { _ = try parse(text) } catch { (kind, message) = (error.kind, error.message) }
            if kind != .syntax, let refusal = refused[index], Self.isLater(refusal) { continue }
            compared += 1
            #expect(
                (kind == .syntax) == (refused[index] != nil),
                "\(text)\nours: \(message)\ntheirs: \(refused[index] ?? "")")
        }
        #expect(compared > 2_000 && refused.count > 500 && refused.count < compared - 300)
    }

    /// What promtool says of each expression that it refuses, by its place.
    private static func refusedByPrometheus(_ texts: [String]) throws -> [Int: String] {
        let rules = texts.enumerated().map { Rules.Rule(alert: "a\($0)", expr: $1) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "hagen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "rules.yml")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        try encoder.encode(Rules(groups: [.init(name: "g", rules: rules)])).write(to: file)
        let report = folder.appending(path: "report")
        try Data().write(to: report)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(promtool))
        process.arguments = ["check", "rules", file.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: report)
        try process.run()
        process.waitUntilExit()
        var refused: [Int: String] = [:]
        for line in try String(contentsOf: report, encoding: .utf8).split(separator: "\n") {
            guard let match = line.firstMatch(of: /group "g", rule (\d+), "a\d+": (.*)/), let number = Int(match.1)
            else { continue }
            refused[number - 1] = String(match.2)
        }
        return refused
    }

    private struct Rules: Encodable {
        struct Group: Encodable {
            var name: String
            var rules: [Rule]
        }
        struct Rule: Encodable {
            var alert, expr: String
        }
        var groups: [Group]
    }
}
