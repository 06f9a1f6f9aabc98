import Foundation
import PromQL
import Testing

@testable import HagenRuntime

/// Goal: `/metrics` is Prometheus' text format to the letter; Prometheus' own tool agrees.
@Suite struct ExpositionTests {
    @Test func format() {
        let text = Exposition.text([
            (
                metric: "node_load1",
                samples: [Sample(labels: Labels(metric: "node_load1"), value: .infinity)]
            ),
            (metric: "node_load5", samples: []),
            (
                metric: "strange",
                samples: [
                    Sample(labels: Labels(metric: "strange", ["b": "say \"hi\"\\\n", "a": "é"]), value: .nan),
                    Sample(labels: Labels(metric: "strange", ["c": "1"]), value: 1e21),
                ]
            ),
        ])
        #expect(
            text == #"""
                # HELP node_load1 Load average of 1 minute.
                # TYPE node_load1 gauge
                node_load1 +Inf
                # HELP strange No description.
                # TYPE strange untyped
                strange{a="é",b="say \"hi\"\\\n"} NaN
                strange{c="1"} 1e+21

                """#)
    }

    /// Everything that this host and engines yield passes `promtool check metrics`, but for the names that node_exporter
    /// and node-mixin have chosen.
    @Test(.enabled(if: Promtool.path != nil, "promtool is not installed: apt-get install prometheus"))
    func promtoolAgrees() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Promtool.path))
        process.arguments = ["check", "metrics"]
        let directory = try TemporaryDirectory()
        let metrics = try directory.file("metrics", Exposition.text(try MonitorSamples.ofThisHost()))
        let report = try directory.file("report", "")
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: metrics))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: report))
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let remarks = try String(contentsOfFile: report, encoding: .utf8).split(separator: "\n")
        let unexpected = remarks.filter { remark in
            let isNodeExporters = remark.hasPrefix("node_memory_") && remark.contains("camelCase")
            let isNodeMixins = remark.hasPrefix("instance:node_") && remark.contains("should not contain ':'")
            return !isNodeExporters && !isNodeMixins
        }
        #expect(unexpected == [])
        // 3: remarks on names, all of which are expected ones.
        #expect(process.terminationReason == .exit && process.terminationStatus == 3)
    }
}

enum Promtool {
    static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
}
