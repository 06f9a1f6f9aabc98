import Foundation
import Testing

extension BuiltCommands {
    /// What editors and people who change topologies use: schema, format, convert.
    @Suite(.timeLimit(.minutes(5))) struct EditorCommandTests {
        private let folder: TestFolder
        init() throws { folder = try TestFolder() }

        private func hagen(_ arguments: String...) async throws -> Program.Result {
            try await Program.run("hagen", arguments, folder: folder)
        }

        private static let quickstart = Repository.root.appending(path: "Examples/quickstart").path
        private static let untidy = "name:   shop # kept\nhosts:\n    a1:   {address: 10.0.0.11/24,zone: a}\n"
        private static let tidy = "name: shop # kept\nhosts:\n  a1: {address: 10.0.0.11/24, zone: a}\n"

        @Test func schemaIsWritten() async throws {
            let printed = try await hagen("schema")
            #expect(printed.status == 0 && printed.output.contains("http://json-schema.org/draft-07/schema#"))
            #expect(try await hagen("schema", "-o", "hagen.schema.json").status == 0)
            #expect(folder.text(of: "hagen.schema.json") == printed.output)
            let refused = try await hagen("schema", "-o", "no/such/folder.json")
            #expect(refused.status == 1 && refused.errors.contains("cannot write 'no/such/folder.json'"))
        }

        /// A new repo has the schema that its topology names, and is formatted as it is.
        @Test func scaffoldIsTidy() async throws {
            #expect(try await hagen("init", "--yaml", "demo").status == 0)
            #expect(
                folder.text(of: "demo/topology.yaml").hasPrefix("# yaml-language-server: $schema=hagen.schema.json\n"))
            #expect(folder.text(of: "demo/hagen.schema.json") == (try await hagen("schema")).output)
            let check = try await hagen("format", "--check", "demo", Self.quickstart)
            #expect(check.status == 0 && check.output.isEmpty, "\(check.output)")
        }

        @Test func formatChangesTheLayoutAlone() async throws {
            try folder.write(Self.untidy, to: "shop.yaml")
            let check = try await hagen("format", "--check", "shop.yaml")
            #expect(check.status == 1 && check.output == "shop.yaml\n")
            #expect(folder.text(of: "shop.yaml") == Self.untidy, "--check changes nothing")
            let formatted = try await hagen("format", "shop.yaml")
            #expect(formatted.status == 0 && formatted.output == "shop.yaml\n", "\(formatted.errors)")
            #expect(folder.text(of: "shop.yaml") == Self.tidy)
            let again = try await hagen("format", "--check", "shop.yaml")
            #expect(again.status == 0 && again.output.isEmpty)
            #expect(folder.contents(of: "").filter { !$0.hasPrefix(".") } == ["shop.yaml"], "nothing is left behind")
        }

        @Test func formatLeavesWhatIsNoYAML() async throws {
            let broken = "name: [shop\nhosts:  {}\n"
            try folder.write(broken, to: "broken.yaml")
            try folder.write(Self.untidy, to: "shop.yaml")
            let result = try await hagen("format", "broken.yaml", "shop.yaml")
            #expect(result.status == 1)
            #expect(result.errors.contains("HG0001") && result.errors.contains("broken.yaml:"), "\(result.errors)")
            #expect(folder.text(of: "broken.yaml") == broken)
            #expect(folder.text(of: "shop.yaml") == Self.tidy, "the others are formatted all the same")
        }

        @Test func convertGoesToSwiftAndBack() async throws {
            let swift = try await hagen("convert", Self.quickstart, "--to", "swift")
            #expect(swift.status == 0, "\(swift.errors)")
            #expect(swift.output.contains("struct Quickstart: Infrastructure {"))
            #expect(try await hagen("init", "--swift", "demo", "--package", Repository.root.path).status == 0)
            try folder.write(swift.output, to: "demo/Sources/Topology/Topology.swift")
            let there = try await hagen("convert", "demo", "--to", "yaml", "-o", "back.yaml")
            #expect(there.status == 0, "\(there.errors)")
            // Swift collects the hosts in the order of their uses, which here is the one of the file.
            let straight = try await hagen("convert", Self.quickstart, "--to", "yaml")
            #expect(folder.text(of: "back.yaml") == straight.output)
            #expect(try await hagen("format", "--check", "back.yaml").status == 0)
        }

        @Test func convertSaysWhatCannotBeSaid() async throws {
            let text = try String(contentsOfFile: Self.quickstart + "/topology.yaml", encoding: .utf8)
            try folder.write(
                text.replacingOccurrences(of: "hosts:\n", with: "hosts:\n  idle: {address: 10.9.9.9/24, zone: z}\n"),
                to: "shop.yaml")
            let result = try await hagen("convert", "shop.yaml", "--to", "swift", "-o", "shop.swift")
            #expect(result.status == 1)
            #expect(result.errors.contains("error[HG0095]: host 'idle' has no part"), "\(result.errors)")
            #expect(result.errors.contains("shop.yaml:"))
            #expect(!folder.exists("shop.swift"))
        }
    }
}
