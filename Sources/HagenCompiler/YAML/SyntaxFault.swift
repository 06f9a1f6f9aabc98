internal import Hagen

/// A syntax error in words that help: where the fault is rather than where the parser gave up, what was probably meant,
/// and a fix where there is one.
struct SyntaxFault {
    private let problem: YAMLProblem
    private let source: Source
    private let place: SourceSpan.Position
    private let contextPlace: SourceSpan.Position

    init(_ problem: YAMLProblem, in source: Source, _ index: inout ScalarIndex) {
        self.problem = problem
        self.source = source
        place = index.position(ofScalar: problem.position)
        contextPlace = index.position(ofScalar: problem.contextPosition)
    }

    func report(to findings: inout Findings) {
        if reportTab(to: &findings) { return }
        let atEnd = source.byte(at: place) >= source.bytes.count
        switch problem.problem {
        case "found unexpected end of stream", "found unexpected document indicator":
            if problem.context.contains("quoted scalar") {
                add("the quote that begins here is never closed", at: contextPlace, "opened here", to: &findings)
                return
            }
        case "did not find expected ',' or ']'": return reportBracket("[", "]", "list", atEnd, to: &findings)
        case "did not find expected ',' or '}'": return reportBracket("{", "}", "mapping", atEnd, to: &findings)
        case "mapping values are not allowed in this context": return reportColon(to: &findings)
        case "could not find expected ':'":
            return reportMissingColon(to: &findings)
        case "did not find expected key", "did not find expected '-' indicator":
            return reportIndentation(to: &findings)
        case "did not find expected <document start>":
            return add(
                "the document ends before this place", at: place, "does not belong to it",
                help: ["a document is one mapping: look at the indentation of the lines above"], to: &findings)
        case "found character that cannot start any token": return reportCharacter(to: &findings)
        default: break
        }
        reportPlainly(to: &findings)
    }

    // MARK: Faults with words of their own

    /// Tabs cannot indent in YAML. libyaml says so in several ways, and means the line that it stopped at.
    private func reportTab(to findings: inout Findings) -> Bool {
        guard let line = source.line(place.line) else { return false }
        let indentation = line.prefix { $0 == 0x20 || $0 == 0x09 }
        guard let tab = indentation.firstIndex(of: 0x09), source.byte(at: place) <= indentation.endIndex else {
            return false
        }
        let span = source.span(ofBytes: tab..<indentation.endIndex)
        let spaces = String(repeating: "  ", count: indentation[tab...].count { $0 == 0x09 })
        findings.add(
            .tab, "a tab indents this line, and YAML is indented with spaces", at: span, label: "a tab",
            help: ["let the editor insert spaces for tabs in this file"],
            fixes: [.init("indent with spaces", [.init(span, spaces)], .maybe)])
        return true
    }

    private func reportBracket(
        _ opening: String, _ closing: String, _ noun: String, _ atEnd: Bool, to findings: inout Findings
    ) {
        let beginning = Diagnostic.Label(point(contextPlace), "the \(noun) begins here")
        if atEnd {
            add(
                "the '\(opening)' that begins here is never closed", at: contextPlace, "opened here",
                help: ["close it with '\(closing)'"], to: &findings)
        } else {
            add(
                "a ',' or the closing '\(closing)' is missing before this place", at: place, "not part of the \(noun)",
                secondary: [beginning], to: &findings)
        }
    }

    /// A colon where no key can be: a second one in a line, or a line indented below a value.
    private func reportColon(to findings: inout Findings) {
        guard let line = source.line(place.line) else { return reportPlainly(to: &findings) }
        let before = String(decoding: source.bytes[line.startIndex..<source.byte(at: place)], as: UTF8.self)
        guard let colon = before.range(ofColonAndSpace: ()) else {
            add(
                "a key cannot stand here: the line above already has its value", at: place, "makes this line a key",
                help: ["give this line the indentation of the keys that it belongs to"], to: &findings)
            return
        }
        let column = before.unicodeScalars.count - before[colon...].drop { $0 == " " }.unicodeScalars.count + 1
        findings.add(
            .syntax, "a second ': ' in one line: a text that holds it needs quotes", at: point(place),
            label: "taken for another key",
            help: ["put a nested mapping on lines of its own, or into braces"],
            fixes: quotes(around: SourceSpan.Position(line: place.line, column: column)))
    }

    /// Puts quotes around the text from there to the end of its line, where nothing in it speaks against that.
    private func quotes(around start: SourceSpan.Position) -> [Diagnostic.Fix] {
        guard let line = source.line(start.line) else { return [] }
        let rest = String(decoding: source.bytes[source.byte(at: start)..<line.endIndex], as: UTF8.self)
        let value = rest.prefix(rest.count - rest.reversed().prefix { $0 == " " }.count)
        guard !value.isEmpty, value.utf8.count <= 200, !value.contains(where: { "'\"#,[]{}".contains($0) }) else {
            return []
        }
        var span = SourceSpan(file: source.name, start: start, end: start)
        span.end.column += value.unicodeScalars.count
        return [.init("put quotes around the text", [.init(span, "'\(value)'")], .maybe)]
    }

    private func reportMissingColon(to findings: inout Findings) {
        let end = source.line(contextPlace.line).map { source.position(ofByte: $0.endIndex) } ?? contextPlace
        findings.add(
            .syntax, "this line has a text where a key and its ':' are expected",
            at: SourceSpan(file: source.name, start: contextPlace, end: max(end, contextPlace)),
            label: "no ': ' after it",
            help: ["a key and its value are written 'key: value', with a space after the colon"])
    }

    private func reportIndentation(to findings: inout Findings) {
        let isList = problem.context.contains("collection")
        if !isList, place.column == contextPlace.column, source.text(of: point(place)) == "-" {
            add(
                "a list item stands among the keys of a mapping", at: place, "no key",
                secondary: [.init(point(contextPlace), "the mapping begins here")],
                help: ["indent the list below the key that it belongs to, which has no other value"], to: &findings)
            return
        }
        add(
            isList ? "this line is no item of the list around it" : "this line belongs to no mapping around it",
            at: place,
            "indented differently",
            secondary: [.init(point(contextPlace), isList ? "the list begins here" : "the mapping begins here")],
            help: ["keys of one mapping, and the '-' of one list, stand in one column"], to: &findings)
    }

    private func reportCharacter(to findings: inout Findings) {
        let character = source.text(of: point(place))
        let fixes = quotes(around: place)
        findings.add(
            .syntax, "a text cannot begin with '\(character)'", at: point(place), label: "reserved by YAML",
            help: fixes.isEmpty ? ["put quotes around the text"] : [], fixes: fixes)
    }

    // MARK: All others

    /// libyaml's words, where they say enough.
    private static let plainWords: [(problem: String, words: String, help: String)] = [
        (
            "block sequence entries are not allowed in this context", "a list cannot begin here",
            "begin it on a line of its own, or write it in brackets: [a, b]"
        ),
        ("mapping keys are not allowed in this context", "a key cannot stand here", "put it on a line of its own"),
        ("found unexpected end of stream", "the document ends too early", "something above is not closed"),
        (
            "found unexpected document indicator", "a document ends or begins inside a value",
            "indent the line, or close the value above"
        ),
        (
            "found unknown escape character", "this escape means nothing in double quotes",
            "write '\\\\' for a backslash, or use single quotes"
        ),
        ("did not find expected hexdecimal number", "this escape needs hexadecimal digits", "as in \"\\u00e9\""),
        ("found invalid Unicode character escape code", "this escape names no character", "as in \"\\u00e9\""),
        (
            "did not find expected alphabetic or numeric character",
            "an anchor or alias needs a name of letters, digits, '-' and '_'",
            "quote a text that begins with '&' or '*'"
        ),
        ("did not find expected node content", "a value is missing here", "write it, or remove the ',' or ':' before"),
        ("found unexpected ':'", "a ':' cannot stand in this text", "put quotes around the text"),
        (
            "did not find expected comment or line break", "nothing but a comment can follow on this line",
            "begin the text on the next line"
        ),
        ("did not find expected whitespace or line break", "a space is missing here", "separate the two"),
        ("found undefined tag handle", "this tag has no meaning", "leave it out, or quote a text that begins with '!'"),
        (
            "found incompatible YAML document", "the document asks for another version of YAML",
            "remove the line '%YAML'"
        ),
        (
            "found unknown directive name", "this directive is unknown",
            "a line that begins with '%' is a directive: indent or quote it"
        ),
        ("did not find the expected '>'", "this tag is never closed", "quote a text that begins with '!'"),
        ("did not find expected tag URI", "this tag cannot be read", "quote a text that begins with '!'"),
        (
            "found an indentation indicator equal to 0", "this number cannot follow '|' or '>'",
            "leave the number out: the indentation of the first line decides"
        ),
        ("found duplicate %YAML directive", "the version of YAML is given twice", "remove one of the lines '%YAML'"),
    ]

    private func reportPlainly(to findings: inout Findings) {
        let known = Self.plainWords.first { problem.problem.contains($0.problem) }
        add(
            known?.words ?? "this is no YAML: \(problem.problem)", at: place, "",
            secondary: problem.contextPosition == problem.position || problem.context.isEmpty
                ? [] : [.init(point(contextPlace), "begins here")],
            help: known.map { [$0.help] } ?? [], to: &findings)
    }

    private func add(
        _ message: String, at place: SourceSpan.Position, _ label: String, secondary: [Diagnostic.Label] = [],
        help: [String] = [], to findings: inout Findings
    ) {
        findings.add(.syntax, message, at: point(place), label: label, secondary: secondary, help: help)
    }

    /// The one scalar there, or the place itself at the end of a line.
    private func point(_ place: SourceSpan.Position) -> SourceSpan {
        guard let line = source.line(place.line), source.byte(at: place) < line.endIndex else {
            return SourceSpan(file: source.name, start: place, end: place)
        }
        return SourceSpan(file: source.name, start: place, end: .init(line: place.line, column: place.column + 1))
    }
}

extension String {
    /// Where the text after the first `: ` begins.
    fileprivate func range(ofColonAndSpace: Void) -> Index? {
        var start = startIndex
        while let colon = self[start...].firstIndex(of: ":") {
            let next = index(after: colon)
            if next < endIndex, self[next] == " " { return next }
            start = next
        }
        return nil
    }
}
