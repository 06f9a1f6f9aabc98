import Testing

/// What users see is documented: every public declaration of `Hagen`, unless its name and its neighbours say it all.
@Suite struct DocumentationTests {
    /// What does what its protocol, or the language's result builders, say.
    static let witnesses: Set<String> = [
        "part", "model", "components", "description", "role", "sampleValue", "encode", "codingKey", "duration", "Part",
        "buildBlock", "buildOptional", "buildEither", "buildArray", "buildExpression",
    ]
    /// Properties whose meaning is their name's, in every type that has one.
    static let plain: Set<String> = ["name", "text", "host", "members"]

    @Test func publicDeclarationsAreDocumented() {
        let files = SourceTree.swift(in: "Sources/Hagen/")
        #expect(files.count > 20)
        #expect(Self.findings(in: files) == [])
    }

    @Test func canFail() {
        let text = """
            /// Documented.
            public struct A {
                public var name: String
                public var interval: Int
                public var leases: [Lease]
                @DurationText public var lease: Lease?
                public init(name: String) {}
                @available(*, unavailable, message: "use 'b'")
                public func a() {}
                public func b() {}
                /// Documented.
                @discardableResult
                public func c() {}
                public static func == (left: A, right: A) -> Bool { true }
            }
            public enum B {}
            """
        #expect(Self.findings(in: [TextFile(path: "Sources/Hagen/A.swift", text: text)]).map(\.line) == [4, 10, 16])
    }

    static func findings(in files: [TextFile]) -> [Finding] {
        files.flatMap { file -> [Finding] in
            let lines = file.lines
            return lines.indices.compactMap { index in
                guard let name = declaredName(lines[index]), !isDocumented(lines, index) else { return nil }
                return Finding(path: file.path, line: index + 1, message: "'\(name)' has no documentation")
            }
        }
    }

    /// The name of what a line declares publicly; `nil` where it needs no documentation of its own.
    ///
    /// An initializer repeats its type's properties; operators and `encode(to:)` do what their protocols say.
    private static func declaredName(_ line: Substring) -> Substring? {
        let declaration =
            /public (?:static |mutating |indirect |final )*(?:struct|class|enum|actor|protocol|func|var|let|typealias|subscript) `?(\w+)`?(?:: \[?(?:\w+\.)*(\w+))?/
        guard line.contains("public "), let match = line.firstMatch(of: declaration), !plain.contains(String(match.1)),
            !witnesses.contains(String(match.1))
        else { return nil }
        // A property that is named like its type is documented there: `lease: Lease?`, `clusters: [Cluster]`.
        if let type = match.2?.lowercased(), [type, type + "s"].contains(match.1.lowercased()) { return nil }
        return match.1
    }

    private static func isDocumented(_ lines: [Substring], _ index: Int) -> Bool {
        var index = index - 1
        // Attributes stand between a declaration and its documentation, on one line or on several.
        while index >= 0 {
            let line = lines[index].drop { $0 == " " }
            if line.hasPrefix("///") { return true }
            if line.hasPrefix("@available(") { return true }
            if line == ")", let opening = lines[..<index].lastIndex(where: { $0.contains("@available(") }) {
                return lines[opening...index].contains { $0.contains("unavailable") }
            }
            guard line.hasPrefix("@") else { return false }
            index -= 1
        }
        return false
    }
}
