/// The documentation of a code in its interchange form: what `hagen explain --json` writes.
struct DocumentationRecord: Codable, Equatable {
    var code: DiagnosticCode
    var title: String
    var severity: Diagnostic.Severity
    var finds, why, example, fix: String
    /// YAML almost like the example that is right; the reader's own codes have none.
    var nearMiss: String?

    init(_ documented: any DocumentedCode) {
        code = documented.code
        title = documented.title
        severity = documented.severity
        finds = documented.explanation.finds
        why = documented.explanation.why
        example = documented.explanation.example
        fix = documented.explanation.fix
        nearMiss = (documented as? any Rule)?.nearMiss
    }
}

extension Compiler {
    /// The documentation of a code as a JSON object; `nil` where there is no such code.
    package static func explanationJSON(_ code: DiagnosticCode) throws -> String? {
        try documentedCodes.first { $0.code == code }.map { try DiagnosticReport.text(of: DocumentationRecord($0)) }
    }

    /// The documentation of every code as a JSON array, by code.
    package static func explanationsJSON() throws -> String {
        try DiagnosticReport.text(
            of: documentedCodes.sorted { $0.code < $1.code }.map { DocumentationRecord($0) })
    }
}
