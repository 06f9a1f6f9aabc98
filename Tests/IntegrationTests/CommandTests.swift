import Foundation
import Hagen
import Testing

/// Tests that start the built commands run one after the other: some measure times, and labs have the same addresses.
@Suite(.serialized) enum BuiltCommands {}

extension BuiltCommands {
    /// The commands as a user meets them: what they print, where, and how they exit.
    @Suite(.timeLimit(.minutes(5))) struct CommandTests {
        private let folder: TestFolder
        init() throws { folder = try TestFolder() }

        private func hagen(_ arguments: String...) async throws -> Program.Result {
            try await Program.run("hagen", arguments, folder: folder)
        }

        private static let quickstart = Repository.root.appending(path: "Examples/quickstart").path

        /// One error of the reader, in a document that is right otherwise.
        private func writeMistake() throws {
            let text = try String(contentsOfFile: Self.quickstart + "/topology.yaml", encoding: .utf8)
            try folder.write(
                text.replacingOccurrences(of: "minimumHealthy", with: "minimumHealty"), to: "wrong/topology.yaml")
        }

        @Test func versionNamesTheModels() async throws {
            let result = try await hagen("--version")
            #expect(result.status == 0)
            #expect(result.output.contains("model version \(Model.version)"))
        }

        @Test(arguments: [
            "init", "validate", "explain", "compile", "graph", "schema", "format", "convert", "up", "down", "status",
            "fault", "switchover", "promote", "pause", "resume", "drain", "events", "simulate",
        ])
        func helpHasAnExample(command: String) async throws {
            let result = try await hagen(command, "--help")
            #expect(result.status == 0)
            #expect(result.output.contains("For example"), "\(result.output)")
            #expect(result.output.contains("Exit codes"))
        }

        @Test(arguments: [
            nil, "coordinator", "balancer", "failover", "monitor", "supervise", "permit", "watchdog",
        ])
        func helpOfTheDaemonHasAnExample(command: String?) async throws {
            let result = try await Program.run("hagend", [command, "--help"].compactMap(\.self), folder: folder)
            #expect(result.status == 0)
            #expect(result.output.contains("For example: "), "\(result.output)")
            #expect(result.output.contains("Exit codes: 0"), "\(result.output)")
        }

        @Test(arguments: [
            ["validate", "--format", "poem"], ["fault", "tickle", "alpha"], ["explain", "E1"], ["nonsense"],
            ["switchover"], ["promote"], ["promote", "web"], ["switchover", "web", "--at", "noon"],
            ["switchover", "web", "--timeout", "long"],
            ["switchover", "web", "--at", "2026-11-24T02:00", "--in-window"], ["drain"],
            ["events", "--since", "often"],
        ])
        func wrongUsageIs64(arguments: [String]) async throws {
            let result = try await Program.run("hagen", arguments, folder: folder)
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.output.isEmpty && !result.errors.isEmpty)
        }

        @Test func validateAcceptsTheQuickstart() async throws {
            let result = try await hagen("validate", Self.quickstart)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.errors.isEmpty)
            #expect(result.output.hasPrefix("quickstart: no errors"), "\(result.output)")
        }

        @Test func validatePointsAtTheMistake() async throws {
            try writeMistake()
            let result = try await hagen("validate", "wrong")
            #expect(result.status == 1)
            #expect(result.output.contains("minimumHealty"))
            #expect(result.output.contains("wrong/topology.yaml:"), "the place: \(result.output)")
            #expect(!result.output.contains("\u{1B}"), "no colour where nobody looks")
        }

        @Test func validateWritesJSONAndSARIF() async throws {
            try writeMistake()
            let json = try await hagen("validate", "wrong", "--format", "json")
            #expect(json.status == 1)
            let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect((report["diagnostics"] as? [Any])?.isEmpty == false)

            let sarif = try await hagen("validate", "wrong", "--format", "sarif")
            let log = try #require(try JSONSerialization.jsonObject(with: Data(sarif.output.utf8)) as? [String: Any])
            #expect(log["version"] as? String == "2.1.0")
        }

        /// Goal: safe fixes are made in the file, which keeps its permissions; nothing is left beside it, and what was
        /// done does not stand in the way of a program that reads the findings.
        @Test func validateFixesWhatIsSafe() async throws {
            let text = try String(contentsOfFile: Self.quickstart + "/topology.yaml", encoding: .utf8)
            let wrong = text.replacingOccurrences(of: "apiVersion: hagen/v1\n", with: "")
                .replacingOccurrences(of: "to: counter.active", with: "to: countr.active")
            try folder.write(wrong, to: "wrong/topology.yaml")
            let path = folder.path + "/wrong/topology.yaml"
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)

            let shown = try await hagen("validate", "wrong")
            #expect(shown.status == 1 && folder.text(of: "wrong/topology.yaml") == wrong)

            let fixed = try await hagen("validate", "wrong", "--fix", "--format", "json")
            #expect(fixed.status == 1, "an unknown cluster is left: \(fixed.output)")
            #expect(
                fixed.errors.contains("fixed wrong/topology.yaml:3:1 HG0014: begin with 'apiVersion: hagen/v1'"),
                "\(fixed.errors)")
            #expect(fixed.errors.contains("1 fixed; 1 finding has a fix that is not certain"), "\(fixed.errors)")
            _ = try #require(try JSONSerialization.jsonObject(with: Data(fixed.output.utf8)) as? [String: Any])
            #expect(
                folder.text(of: "wrong/topology.yaml").hasPrefix("apiVersion: hagen/v1\n" + wrong.prefix(20)))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o640)
            #expect(folder.contents(of: "wrong") == ["topology.yaml"])

            let again = try await hagen("validate", "wrong", "--fix")
            #expect(again.status == 1 && again.output.hasPrefix("no safe fix; 1 finding"), "\(again.output)")
        }

        @Test func whatIsMissingIsSaid() async throws {
            let result = try await hagen("validate", "nowhere")
            #expect(result.status == 1)
            #expect(result.errors.contains("there is no '\(folder.path)/nowhere'"), "\(result.errors)")
            #expect(result.errors.contains("hagen init"))
        }

        @Test func explainKnowsEveryCodeThatItLists() async throws {
            let list = try await hagen("explain")
            let codes = list.output.split(separator: "\n").compactMap {
                $0.split(separator: " ").first.map(String.init)
            }
            #expect(codes.count >= 12)
            for code in codes {
                let result = try await hagen("explain", code)
                #expect(result.status == 0 && result.output.hasPrefix(code), "\(code)")
            }
            let json = try await hagen("explain", "--json")
            let all = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: String]])
            #expect(all.compactMap { $0["code"] } == codes)
            #expect(all.allSatisfy { $0["why"]?.isEmpty == false && $0["example"]?.isEmpty == false })
            let one = try await hagen("explain", "HG0101", "--json")
            let rule = try #require(try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: String])
            #expect(rule["title"] == "duplicate name" && rule["severity"] == "error")
            let unknown = try await hagen("explain", "HG9999")
            #expect(unknown.status == 1)
            #expect(unknown.errors.contains("no code HG9999"))
        }

        @Test func compileWritesTheSameBytesTwice() async throws {
            for name in ["first", "second"] {
                let result = try await hagen("compile", Self.quickstart, "-o", name)
                #expect(result.status == 0, "\(result.errors)")
            }
            #expect(folder.exists("first/hosts/alpha/etc/hagen/failover.json"))
            #expect(folder.exists("first/release.json"))
            let names =
                FileManager.default.enumerator(atPath: folder.path + "/first")?.compactMap { $0 as? String } ?? []
            #expect(names.count > 10)
            for name in names {
                #expect(folder.text(of: "first/" + name) == folder.text(of: "second/" + name), "\(name)")
            }

            try folder.write("mine", to: "precious/file")
            let refused = try await hagen("compile", Self.quickstart, "-o", "precious")
            #expect(refused.status == 1)
            #expect(folder.contents(of: "precious") == ["file"])
        }

        @Test func compileWritesNothingForATopologyWithErrors() async throws {
            try writeMistake()
            let result = try await hagen("compile", "wrong", "-o", "out")
            #expect(result.status == 1)
            #expect(result.errors.contains("minimumHealty"))
            #expect(!folder.exists("out"))
        }

        @Test func graphDraws() async throws {
            let printed = try await hagen("graph", Self.quickstart)
            #expect(printed.status == 0)
            let written = try await hagen("graph", Self.quickstart, "-o", "graph.svg")
            #expect(written.status == 0)
            #expect(folder.text(of: "graph.svg") == printed.output)
            #expect(printed.output.contains("<svg") && printed.output.contains("alpha"))
        }

        /// A file whose name promises another kind of picture is refused, with what to do.
        @Test func picturesOfOtherKindsAreRefused() async throws {
            let graph = try await hagen("graph", Self.quickstart, "-o", "graph.png")
            #expect(graph.status == 64)
            #expect(graph.errors.contains("Hagen writes no PNG"), "\(graph.errors)")
            let timeline = try await hagen(
                "simulate", Self.quickstart, "--faults", "lost-host", "--seed", "1", "--timeline", "run.PNG")
            #expect(timeline.status == 64)
            #expect(timeline.errors.contains("name it so"), "\(timeline.errors)")
            #expect(folder.text(of: "graph.png").isEmpty)
        }

        @Test(arguments: [("dot", "graph.gv", "digraph"), ("mermaid", "graph.mmd", "flowchart")])
        func graphHasOtherForms(form: String, file: String, beginning: String) async throws {
            let printed = try await hagen("graph", Self.quickstart, "--format", form)
            #expect(printed.status == 0)
            #expect(printed.output.hasPrefix(beginning) && printed.output.contains("alpha"))
            let written = try await hagen("graph", Self.quickstart, "-o", file)
            #expect(written.status == 0)
            #expect(folder.text(of: file) == printed.output)
            let forced = try await hagen("graph", Self.quickstart, "-o", file, "--format", "svg")
            #expect(forced.status == 0)
            #expect(folder.text(of: file).contains("<svg"))
        }

        /// An engine that is missing (HG0100) hides nothing; another error leaves nothing to draw.
        @Test func graphDrawsWhatHasNoEngineYet() async throws {
            let text = """
                apiVersion: hagen/v1
                name: ahead
                hosts:
                  a1: {address: 127.0.0.11/8, zone: eu-1a}
                  b1: {address: 127.0.0.12/8, zone: eu-1b}
                clusters:
                  orders:
                    kind: failover
                    mode: active-passive
                    workload: {process: {command: [/usr/bin/orders], port: 7000}}
                    members: [a1, b1]
                monitoring:
                  receivers:
                    - {name: oncall, email: {to: oncall@example.com}}
                  alerts:
                    - {alert: slow, expr: hagen_filesystem_used_ratio > 0.95, receiver: oncall}

                """
            try folder.write(text, to: "ahead/topology.yaml")
            let drawn = try await hagen("graph", "ahead", "--format", "dot")
            #expect(drawn.status == 0, "\(drawn.errors)")
            #expect(drawn.output.contains("orders") && drawn.errors.contains("HG0100"))
            try folder.write(text.replacingOccurrences(of: "[a1, b1]", with: "[a1, b2]"), to: "ahead/topology.yaml")
            let refused = try await hagen("graph", "ahead", "-o", "ahead.svg")
            #expect(refused.status == 1 && refused.errors.contains("HG0102"), "\(refused.errors)")
            #expect(!folder.exists("ahead.svg"))
        }

        @Test(arguments: [
            ["status"], ["down"], ["fault", "kill", "alpha"], ["switchover", "web"],
            ["promote", "web", "--to", "beta"], ["pause", "web"],
            ["drain", "alpha"],
            ["events"],
        ])
        func withoutALabThereIsNothingToSee(arguments: [String]) async throws {
            let result = try await Program.run(
                "hagen", arguments, environment: ["XDG_RUNTIME_DIR": folder.path], folder: folder)
            #expect(result.status == 1)
            #expect(result.errors.contains("no lab runs"), "\(result.errors)")
        }

        @Test func initMakesATopologyThatValidates() async throws {
            let made = try await hagen("init", "--yaml", "My Shop")
            #expect(made.status == 0, "\(made.errors)")
            #expect(folder.text(of: "My Shop/topology.yaml").contains("name: my-shop"))
            let valid = try await hagen("validate", "My Shop", "--strict", "--placement", "loopback")
            #expect(valid.status == 0, "\(valid.output)\(valid.errors)")

            try folder.write("mine", to: "My Shop/topology.yaml")
            let again = try await hagen("init", "--yaml", "My Shop")
            #expect(again.status == 1)
            #expect(again.errors.contains("already has topology.yaml"))
            #expect(folder.text(of: "My Shop/topology.yaml") == "mine")
        }

        /// Both forms say the same, so both compile to the same configuration.
        @Test(.timeLimit(.minutes(10))) func initInSwiftCompilesToTheSame() async throws {
            for form in ["yaml", "swift"] {
                let made = try await hagen("init", "--\(form)", "\(form)/demo", "--package", Repository.root.path)
                #expect(made.status == 0, "\(made.errors)")
                let result = try await hagen("compile", "\(form)/demo", "-o", "release-\(form)")
                #expect(result.status == 0, "\(result.output)\(result.errors)")
            }
            let configuration = "hosts/alpha/etc/hagen/balancer.json"
            #expect(
                folder.text(of: "release-yaml/" + configuration) == folder.text(of: "release-swift/" + configuration))
            #expect(!folder.text(of: "release-yaml/" + configuration).isEmpty)
        }
    }
}
