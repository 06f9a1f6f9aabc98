import Hagen
import HagenCompiler
import Testing

/// What the whole compiler makes of a topology, in every form in which it is shown; expectations that hold for all are
/// checked on the way.
struct CompilerOutcome {
    let diagnostics: [Diagnostic]
    let hasRelease: Bool

    /// Far above what the limits on findings and texts allow.
    private static let longestReport = 8 << 20

    /// - Parameters:
    ///   - read: What the front end found.
    ///   - seed: Of the fuzzing; it also chooses the placement, and whether the report is written for tools too, which
    ///     takes longer than all the rest.
    init(
        _ topology: Topology?, _ read: [Diagnostic], _ sources: [Source], seed: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var found: [Diagnostic] = []
        var release: Release?
        if let topology {
            (release, found) = Compiler.compile(topology, placement: seed % 2 == 0 ? .declared : .loopback)
        }
        let report = DiagnosticReport(read + found)
        diagnostics = report.diagnostics
        hasRelease = release != nil && !read.hasErrors
        let comment: Comment = "seed \(seed)"
        let isWhole = topology?.omissions.isEmpty == true
        #expect(isWhole || read.hasErrors, comment, sourceLocation: sourceLocation)
        #expect((release == nil) == (!isWhole || found.hasErrors), comment, sourceLocation: sourceLocation)

        let text = HumanRenderer(sources: sources, isColoured: false).render(report)
        #expect(text.isEmpty == diagnostics.isEmpty, comment, sourceLocation: sourceLocation)
        #expect(text.utf8.count < Self.longestReport, comment, sourceLocation: sourceLocation)
        let isPrintable = text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control }
        #expect(isPrintable, comment, sourceLocation: sourceLocation)

        if seed % 9 == 0 { try Self.expectFormsForTools(report, comment, sourceLocation) }

        guard let release else { return }
        let paths = Emitters.files(for: release).map(\.path)
        #expect(paths == Set(paths).sorted(), comment, sourceLocation: sourceLocation)
        #expect(HostileTopologyTests.faults(release) == [], comment, sourceLocation: sourceLocation)
    }

    private static func expectFormsForTools(
        _ report: DiagnosticReport, _ comment: Comment, _ sourceLocation: SourceLocation
    ) throws {
        let json = try report.json()
        #expect(try DiagnosticReport(json: json) == report, comment, sourceLocation: sourceLocation)
        let sarif = try SARIFRenderer(codes: Compiler.documentedCodes).render(report)
        #expect(max(json.utf8.count, sarif.utf8.count) < longestReport, comment, sourceLocation: sourceLocation)
    }
}
