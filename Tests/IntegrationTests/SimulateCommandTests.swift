import Foundation
import Testing

extension BuiltCommands {
    /// Goal: `hagen simulate` plays a topology as a user has it, says what it found in a table, as JSON and as a picture, and
    /// fails where its input does.
    @Suite(.timeLimit(.minutes(2))) struct SimulateCommandTests {
        private let folder: TestFolder
        init() throws { folder = try TestFolder() }

        private static let quickstart = Repository.root.appending(path: "Examples/quickstart").path

        private func simulate(_ arguments: String...) async throws -> Program.Result {
            try await Program.run("hagen", ["simulate"] + arguments, folder: folder)
        }

        private struct Report: Decodable {
            struct Exercise: Decodable {
                let fault: String
                let runs, failovers: Int
                let recovery: Recovery
                let longestInterruptionInMilliseconds, computedBoundInMilliseconds, boundInMilliseconds: Double
                let additions: [Addition]
                let violations: [Violation]
            }
            struct Recovery: Decodable { let shortestInMilliseconds, longestInMilliseconds: Double }
            struct Addition: Decodable { let milliseconds: Double }
            struct Violation: Decodable { let rule: String }
            let cluster: String
            let exercises: [Exercise]
            let events: Int
        }

        @Test func quickstartBreaksNoRule() async throws {
            let result = try await simulate(Self.quickstart, "--seeds", "3")
            #expect(result.status == 0, "\(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.first?.hasPrefix("counter: lease 1s, hot standby") == true, "\(result.output)")
            #expect(lines.contains { $0.hasPrefix("fault ") && $0.contains("computed") && $0.contains("bound") })
            for fault in ["lost-host", "frozen-agent", "store-outage", "switchover", "hanging-workload"] {
                let line = try #require(lines.first { $0.hasPrefix(fault + " ") }, "\(fault)")
                #expect(line.split(separator: " ")[1] == "3" && line.hasSuffix(" 0"), "\(line)")
            }
            #expect(result.output.contains("the bound has on top of it:"))
            #expect(result.output.contains("36 runs, ") && result.output.contains("0 violations"), "\(result.output)")
        }

        /// What is computed is what the compiler wrote into the release's README.
        @Test func jsonHasTheCompilersTimes() async throws {
            let result = try await simulate(
                Self.quickstart, "--seeds", "2", "--faults", "killed-agent,switchover", "--json")
            #expect(result.status == 0, "\(result.errors)")
            let reports = try JSONDecoder().decode([Report].self, from: Data(result.output.utf8))
            let report = try #require(reports.first)
            #expect(reports.count == 1 && report.cluster == "counter" && report.events > 0)
            #expect(report.exercises.map(\.fault) == ["killed-agent", "switchover"])
            for exercise in report.exercises {
                #expect(exercise.runs == 2 && exercise.failovers == 2 && exercise.violations.isEmpty)
                let added = exercise.additions.reduce(0) { $0 + $1.milliseconds }
                #expect(abs(exercise.computedBoundInMilliseconds + added - exercise.boundInMilliseconds) < 0.001)
            }
            let compiled = try await Program.run(
                "hagen", ["compile", Self.quickstart, "--output", "release"], folder: folder)
            #expect(compiled.status == 0, "\(compiled.errors)")
            let page = folder.text(of: "release/README.md")
            let row = try #require(page.split(separator: "\n").first { $0.contains("agent hangs") }, "\(page)")
            #expect(report.exercises[0].computedBoundInMilliseconds == 1000 && row.contains("1s"), "\(row)")
        }

        /// A workload that hangs holds up its handover, and serves until it is killed: both are told.
        @Test func hangingWorkloadsAreNotUnserved() async throws {
            let result = try await simulate(
                Self.quickstart, "--seeds", "3", "--faults", "hanging-workload,lost-host", "--json")
            #expect(result.status == 0, "\(result.errors)")
            let reports = try JSONDecoder().decode([Report].self, from: Data(result.output.utf8))
            let exercises = try #require(reports.first).exercises
            let (hanging, lost) = (exercises[0], exercises[1])
            #expect(hanging.recovery.shortestInMilliseconds > 1000, "\(hanging.recovery)")
            #expect((1..<500).contains(hanging.longestInterruptionInMilliseconds), "\(hanging)")
            // Whoever loses a host is not served from the first moment on.
            #expect(lost.longestInterruptionInMilliseconds == lost.recovery.longestInMilliseconds, "\(lost)")
        }

        /// The same seed draws the same picture, and the last seed that there is is one like any other.
        @Test func timelineIsWellFormed() async throws {
            let seed = "18446744073709551615"
            for name in ["one.svg", "two.svg"] {
                let result = try await simulate(
                    Self.quickstart, "--faults", "frozen-agent", "--seed", seed, "--timeline", name)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.contains("frozen-agent, seed \(seed) recovers after"), "\(result.errors)")
            }
            let picture = folder.text(of: "one.svg")
            #expect(picture == folder.text(of: "two.svg"))
            #expect(picture.contains("frozen-agent, seed \(seed)") && picture.contains("epoch 2"))
            let parsed = try await Program.run(
                executable: "/usr/bin/python3",
                ["-c", "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])", "one.svg"], folder: folder)
            #expect(parsed.status == 0, "\(parsed.errors)")
        }

        @Test(arguments: [
            ["--faults", "rain"], ["--faults", "old-store"], ["--seeds", "0"], ["--seed", "-1"],
            ["--seed", "18446744073709551616"], ["--placement", "moon"],
        ])
        func wrongUsageIs64(arguments: [String]) async throws {
            let result = try await Program.run("hagen", ["simulate", Self.quickstart] + arguments, folder: folder)
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.output.isEmpty && !result.errors.isEmpty)
        }

        @Test func whatCannotBePlayedIsSaid() async throws {
            let unknown = try await simulate(Self.quickstart, "--cluster", "nobody")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("no cluster 'nobody'") && unknown.errors.contains("counter"))
            let text = try String(contentsOfFile: Self.quickstart + "/topology.yaml", encoding: .utf8)
            try folder.write(
                text.replacingOccurrences(of: "minimumHealthy", with: "minimumHealty"), to: "wrong/topology.yaml")
            let wrong = try await simulate("wrong")
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("minimumHealty") && wrong.output.isEmpty)
        }
    }
}
