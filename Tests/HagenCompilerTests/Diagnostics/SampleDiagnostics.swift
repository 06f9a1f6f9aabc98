import Hagen
import HagenCompiler

/// Findings that exercise every part of a renderer, over two files.
enum SampleDiagnostics {
    static let topology = Source(
        name: "topology.yaml",
        text: """
            name: shop
            hosts:
            \ta1: {address: 10.0.0.11/24, zone: eu}
              本社: {address: 10.0.0.12/24, zone: é́}
            clusters: {api: {kind: lod-balancing, members: [a1, b1], minimumHealthy: 3}}
            balancers:
              web: {on: [a1], listen: 80}

              edge: {on: [a1], listen: 80}
            # \(String(repeating: "a long way ", count: 30))
            notes: "\u{1B}[31m \u{202E}red"
            very: \(String(repeating: "x", count: 200)) wrong \(String(repeating: "y", count: 200))

            """)
    static let included = Source(name: "more hosts/b.yaml", text: "hosts:\n  a1: {address: 10.0.0.11/24}\n")

    static func span(_ line: Int, _ columns: Range<Int>, _ source: Source = topology) -> SourceSpan {
        SourceSpan(
            file: source.name, start: .init(line: line, column: columns.lowerBound),
            end: .init(line: line, column: columns.upperBound))
    }

    static let all: [Diagnostic] = [
        Diagnostic(
            DiagnosticCode(9001), .error, "two listeners on one host and port", at: span(9, 28..<30),
            label: "taken already", secondary: [.init(span(7, 27..<29), "first used here")],
            notes: ["both run on host 'a1'"], help: ["choose another port,\nor another host"]),
        Diagnostic(
            DiagnosticCode(9002), .warning, "host 'a1' is declared twice", at: span(3, 2..<4), label: "declared here",
            secondary: [.init(span(2, 3..<5, included), "and here"), .init(span(2, 1..<6, included))]),
        Diagnostic(
            DiagnosticCode(9003), .error, "unknown kind 'lod-balancing'", at: span(5, 24..<37), label: "not a kind",
            secondary: [
                .init(span(5, 12..<15), "of this cluster"), .init(span(5, 49..<51), "a member"),
                .init(span(5, 53..<55), "another"),
            ],
            fixes: [.init("write 'load-balancing'", [.init(span(5, 24..<37), "load-balancing")], .maybe)]),
        Diagnostic(
            DiagnosticCode(9004), .error, "wide characters and marks", at: span(4, 30..<40), label: "under the zone"),
        Diagnostic(DiagnosticCode(9005), .error, "a wide key", at: span(4, 3..<5), label: "two scalars, four columns"),
        Diagnostic(DiagnosticCode(9006), .error, "a long line is cut", at: span(12, 208..<213), label: "in the middle"),
        Diagnostic(
            DiagnosticCode(9007), .warning, "nothing \u{1B}[31mreaches the terminal raw", at: span(11, 8..<20),
            label: "escape"),
        Diagnostic(DiagnosticCode(9008), .error, "the file has no place", at: nil, help: ["look for it"]),
        Diagnostic(
            DiagnosticCode(9009), .error, "a point, and beyond the end", at: span(13, 1..<1), label: "the end",
            fixes: [.init("add a line", [.init(span(13, 1..<1), "a: 1\n")], .safe)]),
        Diagnostic(
            DiagnosticCode(9010), .error, "a declaration in Swift, whose file is not at hand",
            at: SourceSpan(file: "Sources/Shop.swift", line: 7, column: 9), notes: ["said in Swift"]),
        Diagnostic(
            DiagnosticCode(9011), .error, "a span over lines",
            at: SourceSpan(
                file: topology.name, start: .init(line: 7, column: 3), end: .init(line: 9, column: 9)),
            label: "from here on", secondary: [.init(span(7, 3..<6), "the name")]),
    ]
}

/// Documentation for the sample codes.
struct SampleCode: DocumentedCode {
    let code: DiagnosticCode
    let title = "port 80/443 taken"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Two listeners.", why: "Only one gets the port.", example: "a: 1\n", fix: "Choose another.")
}
