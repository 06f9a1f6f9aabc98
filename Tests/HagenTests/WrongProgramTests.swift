import Foundation
import Testing

/// What is wrong at compile time is refused in a sentence, at the place where it is wrong.
@Suite struct WrongProgramTests {
    static let folder = Repository.fixtures.appending(path: "WrongPrograms")

    /// Each wrong program opens with the errors that it must give, one a comment line.
    static let programs: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".swift") && $0 != "Preamble.swift" }.sorted()
    }()

    @Test func thereAreEnough() {
        #expect(Self.programs.count >= 36)
    }

    @Test(arguments: programs)
    func compilerSays(_ program: String) async throws {
        let file = Self.folder.appending(path: program)
        let expected = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .prefix { $0.hasPrefix("// ") }.map { String($0.dropFirst(3)) }
        try #require(!expected.isEmpty, "a wrong program names the errors that it gives")
        let (errors, result) = try await Self.typeCheck(file)
        #expect(errors == expected)
        #expect(result.exitCode == 1)
    }

    /// The check can fail: what all wrong programs share is right.
    @Test func preambleIsRight() async throws {
        let preamble = Self.folder.appending(path: "Preamble.swift")
        let result = try await run(try Self.command([preamble]))
        #expect(result.exitCode == 0, "\(result.standardError)")
    }

    private static func command(_ files: [URL]) throws -> [String] {
        ["swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-I", try Repository.modules.path]
            + files.map(\.path)
    }

    /// The errors in the file, without its path, in the order of the compiler.
    private static func typeCheck(_ file: URL) async throws -> ([String], ProgramResult) {
        let result = try await run(try command([file, folder.appending(path: "Preamble.swift")]))
        let prefix = file.path + ":"
        let errors = result.standardError.split(separator: "\n")
            .filter { $0.hasPrefix(prefix) && !$0.contains(": note: ") }
            .map { String($0.dropFirst(prefix.count)) }
        return (errors, result)
    }
}
