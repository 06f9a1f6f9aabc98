import Foundation
import Testing

extension BuiltCommands {
    /// Goal: `Examples/app`, in a clean clone with a space in its path, builds with the plugin from a package of its own;
    /// the plugin's tool runs when it must and only then, and mistakes are shown where they are.
    ///
    /// One test after the other in one clone: the first build of the compiler is what takes long.
    @Suite(.timeLimit(.minutes(15))) struct ExampleAppTests {
        private let folder: TestFolder
        private let app: URL
        private let scratch: URL

        init() throws {
            folder = try TestFolder()
            let clone = folder.url.appending(path: "a clone")
            app = clone.appending(path: "Examples/app")
            try FileManager.default.createDirectory(at: app, withIntermediateDirectories: true)
            // What was built in the repository stays there.
            let names = ["Package.swift", "Sources", "Templates", "Plugins", "Tests"]
            for name in names + ["Package.swift", "Sources"].map({ "Examples/app/" + $0 }) {
                try FileManager.default.copyItem(
                    at: Repository.root.appending(path: name), to: clone.appending(path: name))
            }
            scratch = folder.url.appending(path: "build")
        }

        private static let announcement = "Validating the topologies of Reach"

        @Test func fromACleanClone() async throws {
            try await buildsAndRuns()
            try await runsTheToolOnlyWhenItMust()
            try await showsMistakesAtTheirPlace()
            try await hasVerbs()
        }

        private func buildsAndRuns() async throws {
            let begin = ContinuousClock.now
            let built = try await swift("build")
            print("the example's first build took \(begin.duration(to: .now))")
            try #require(built.status == 0, "\(built.output)")
            #expect(built.output.contains(Self.announcement))
            // Nothing of what a server needs was fetched.
            #expect(folder.contents(of: "build/checkouts") == ["swift-mustache"])
            let program = try await start(scratch.appending(path: "debug/Reach"), [])
            #expect(
                program.output == """
                    orders.active  127.0.0.31:7500  no answer
                    orders.active  127.0.0.32:7500  no answer
                    api.members  127.0.0.31:8280  no answer
                    api.members  127.0.0.32:8280  no answer

                    """)
            let lab = try await start(scratch.appending(path: "debug/Reach"), ["--lab"])
            #expect(lab.output.contains("orders.active  127.73.0.1:7500  "), "\(lab.output)")
        }

        private func runsTheToolOnlyWhenItMust() async throws {
            // SwiftPM links a plugin's tool once more in the second build of a clean clone, and so runs it once more.
            #expect(try await swift("build").status == 0)
            let unchanged = try await swift("build")
            #expect(unchanged.status == 0)
            #expect(!unchanged.output.contains(Self.announcement), "a build without a change: \(unchanged.output)")
            #expect(!unchanged.output.contains("Compiling Reach"))

            try edit("Sources/Reach/hosts.yaml", "127.0.0.31/8", "127.0.0.41/8")
            let edited = try await swift("build")
            #expect(edited.status == 0, "\(edited.output)")
            #expect(edited.output.contains(Self.announcement), "an edit of an included file: \(edited.output)")
            let program = try await start(scratch.appending(path: "debug/Reach"), [])
            #expect(program.output.contains("orders.active  127.0.0.41:7500"), "\(program.output)")

            // The same names and release from other words: nothing is compiled again.
            try edit("Sources/Reach/hosts.yaml", "# Three hosts", "# Three of our hosts")
            let commented = try await swift("build")
            #expect(commented.output.contains(Self.announcement))
            #expect(!commented.output.contains("Compiling Reach"), "\(commented.output)")
        }

        private func showsMistakesAtTheirPlace() async throws {
            try edit("Sources/Reach/shop.hagen.yaml", "[{host: north, priority: 200}, west, south]", "[nroth, west]")
            try edit("Sources/Reach/hosts.yaml", "zone: south", "zoen: south")
            let built = try await swift("build")
            #expect(built.status != 0)
            let places = [
                "Sources/Reach/shop.hagen.yaml:11:15: error: there is no host 'nroth'",
                "Sources/Reach/hosts.yaml:6:34: error: a host has no key 'zoen'",
            ]
            for place in places {
                #expect(
                    built.output.contains(app.appending(path: place).path(percentEncoded: false)), "\(built.output)")
            }
            let judged = try await swift("package", "hagen", "validate")
            #expect(judged.status != 0)
            #expect(judged.output.contains("members: [nroth, west]"), "\(judged.output)")
            try edit("Sources/Reach/shop.hagen.yaml", "[nroth, west]", "[{host: north, priority: 200}, west, south]")
            try edit("Sources/Reach/hosts.yaml", "zoen: south", "zone: south")
            #expect(try await swift("build").status == 0)
        }

        private func hasVerbs() async throws {
            let judged = try await swift("package", "hagen", "validate")
            #expect(judged.status == 0)
            #expect(judged.output.contains("shop: no errors; hosts: 3, clusters: 2"), "\(judged.output)")
            let compiled = try await swift("package", "hagen", "compile")
            #expect(compiled.status == 0 && compiled.output.contains("files for 3 hosts in '"), "\(compiled.output)")
            let release = "build/plugins/HagenCommand/outputs/compile/shop/"
            #expect(folder.text(of: release + "release.json").contains("\"sha256:"))
            #expect(folder.exists(release + "hosts/north/etc/hagen/balancer.json"))
            let drawing = folder.url.appending(path: "drawings/shop.svg")
            let drawn = try await swift("package", "hagen", "graph", "-o", drawing.path)
            #expect(drawn.status == 0 && folder.text(of: "drawings/shop.svg").contains("<svg"), "\(drawn.output)")
            let wrong = try await swift("package", "hagen", "dance")
            #expect(wrong.status != 0)
            #expect(wrong.output.contains("'dance' is none of validate, compile and graph"), "\(wrong.output)")
        }

        // MARK: - Tools

        private func edit(_ name: String, _ old: String, _ new: String) throws {
            let file = app.appending(path: name)
            let text = try String(contentsOf: file, encoding: .utf8)
            try #require(text.contains(old))
            try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: true, encoding: .utf8)
        }

        /// Both streams, as a terminal shows them.
        private func swift(_ words: String...) async throws -> (status: Int32, output: String) {
            let options = ["--package-path", app.path, "--scratch-path", scratch.path]
            return try await start(
                URL(filePath: "/usr/bin/env"), ["swift", words[0]] + options + words.dropFirst())
        }

        private func start(_ program: URL, _ arguments: [String]) async throws -> (status: Int32, output: String) {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["timeout", "--kill-after=5", "500", program.path] + arguments
            process.standardInput = FileHandle.nullDevice
            let file = folder.url.appending(path: ".output")
            try Data().write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            (process.standardOutput, process.standardError) = (handle, handle)
            try process.run()
            while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
            return (process.terminationStatus, String(decoding: try Data(contentsOf: file), as: UTF8.self))
        }
    }
}
