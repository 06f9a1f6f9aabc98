import Testing

/// Each rule of the compiler stands in a file of its own name, is documented, and is in the one list.
@Suite struct RuleFileTests {
    static let folder = "Sources/HagenCompiler/Rules/"
    static let list = folder + "RuleList.swift"

    @Test func rulesAreListed() throws {
        let files = SourceTree.swift(in: Self.folder)
        #expect(files.contains { $0.path == Self.list })
        #expect(Self.findings(in: files) == [])
    }

    @Test func canFail() {
        let list = TextFile(path: Self.list, text: "let all = [DuplicateName(), UnknownReference()]")
        let right = TextFile(
            path: Self.folder + "DuplicateName.swift",
            text: "/// Two parts with one name.\npackage struct DuplicateName: Rule {")
        #expect(Self.findings(in: [list, right]) == [])
        let unlisted = TextFile(path: Self.folder + "Forgotten.swift", text: "/// A.\nstruct Forgotten: Rule {")
        #expect(Self.findings(in: [list, unlisted]).map(\.message) == ["'Forgotten' is not in the list"])
        let misnamed = TextFile(path: Self.folder + "Other.swift", text: "/// A.\nstruct DuplicateName: Rule {")
        #expect(
            Self.findings(in: [list, misnamed]).map(\.message) == ["'DuplicateName' belongs in DuplicateName.swift"])
        let silent = TextFile(path: Self.folder + "UnknownReference.swift", text: "struct UnknownReference: Rule {")
        #expect(Self.findings(in: [list, silent]).map(\.message) == ["'UnknownReference' has no documentation"])
    }

    static func findings(in files: [TextFile]) -> [Finding] {
        let listed = files.first { $0.path == list }?.text ?? ""
        return files.flatMap { file -> [Finding] in
            let lines = file.lines
            return lines.indices.flatMap { index -> [Finding] in
                guard let match = lines[index].firstMatch(of: /^(?:package )?struct (\w+): Rule\b/) else { return [] }
                let name = String(match.1)
                var messages: [String] = []
                if !listed.contains("\(name)()") { messages.append("'\(name)' is not in the list") }
                if file.path != folder + name + ".swift" { messages.append("'\(name)' belongs in \(name).swift") }
                if index == 0 || !lines[index - 1].hasPrefix("///") {
                    messages.append("'\(name)' has no documentation")
                }
                return messages.map { Finding(path: file.path, line: index + 1, message: $0) }
            }
        }
    }
}
