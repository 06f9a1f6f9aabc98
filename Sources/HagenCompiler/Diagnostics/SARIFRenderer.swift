internal import Hagen

/// Diagnostics for tools that read SARIF 2.1.0: code scanning of forges, editors.
package struct SARIFRenderer: Sendable {
    private let codes: [any DocumentedCode]

    /// - Parameter codes: Every code that can be reported, with its documentation.
    package init(codes: [any DocumentedCode]) {
        self.codes = codes.sorted { $0.code < $1.code }
    }

    package func render(_ report: DiagnosticReport) throws -> String {
        let driver = SARIFLog.Driver(name: "hagen", rules: codes.map(Self.descriptor))
        let run = SARIFLog.Run(tool: SARIFLog.Tool(driver: driver), results: report.diagnostics.ordered.map(result))
        return try DiagnosticReport.text(of: SARIFLog(runs: [run]))
    }

    private static func descriptor(_ code: any DocumentedCode) -> SARIFLog.ReportingDescriptor {
        SARIFLog.ReportingDescriptor(
            id: code.code.description, name: pascalCase(code.title), shortDescription: .init(text: code.title),
            fullDescription: .init(text: "\(code.explanation.finds)\n\n\(code.explanation.why)"),
            help: .init(text: code.explanation.fix), defaultConfiguration: .init(level: code.severity.rawValue))
    }

    /// `duplicate key` as the standard wants a rule's name: `DuplicateKey`.
    private static func pascalCase(_ title: String) -> String {
        title.split { !$0.isLetter && !$0.isNumber }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private func result(_ diagnostic: Diagnostic) -> SARIFLog.Result {
        let text = ([diagnostic.message] + diagnostic.notes + diagnostic.help).joined(separator: "\n")
        let related = diagnostic.secondary.enumerated().map { Self.location($1, id: $0 + 1) }
        let fixes = diagnostic.fixes.map(Self.fix)
        return SARIFLog.Result(
            ruleId: diagnostic.code.description, ruleIndex: codes.firstIndex { $0.code == diagnostic.code },
            level: diagnostic.severity.rawValue, message: .init(text: text),
            locations: diagnostic.primary.map { [Self.location($0, id: nil)] } ?? [],
            relatedLocations: related.isEmpty ? nil : related, fixes: fixes.isEmpty ? nil : fixes)
    }

    private static func location(_ label: Diagnostic.Label, id: Int?) -> SARIFLog.Location {
        SARIFLog.Location(
            id: id,
            physicalLocation: .init(
                artifactLocation: .init(uri: uri(of: label.span.file)), region: region(label.span)),
            message: label.text.isEmpty ? nil : .init(text: label.text))
    }

    private static func region(_ span: SourceSpan) -> SARIFLog.Region {
        SARIFLog.Region(
            startLine: span.start.line, startColumn: span.start.column, endLine: span.end.line,
            endColumn: span.end.column)
    }

    private static func fix(_ fix: Diagnostic.Fix) -> SARIFLog.Fix {
        let byFile = Dictionary(grouping: fix.edits, by: \.span.file)
        let changes = byFile.keys.sorted().map { file in
            let edits = (byFile[file] ?? []).sorted { $0.span.start < $1.span.start }
            let replacements = edits.map {
                SARIFLog.Replacement(
                    deletedRegion: region($0.span), insertedContent: .init(text: $0.replacement))
            }
            return SARIFLog.ArtifactChange(artifactLocation: .init(uri: uri(of: file)), replacements: replacements)
        }
        return SARIFLog.Fix(description: .init(text: fix.title), artifactChanges: changes)
    }

    /// A relative reference for a relative path, a file URI for an absolute one (RFC 3986, RFC 8089).
    private static func uri(of path: String) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
        var text = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            if unreserved.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
