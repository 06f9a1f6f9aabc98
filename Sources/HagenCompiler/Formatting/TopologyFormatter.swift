internal import Hagen

/// Brings a topology in YAML into its canonical layout: comments, the order of keys, quotes, anchors and the text of
/// every scalar stay as they are; what changes is the space between them.
///
/// libyaml's scanner says where every token stands, and the comments are what stands between the tokens
/// (`LayoutParser`); the tree of both is printed anew (`LayoutPrinter`). Whatever may be wrong in that, the meaning is
/// safe: the result is read again, and is given only where it has the same events and the same comments.
package enum TopologyFormatter {
    package enum Outcome: Equatable, Sendable {
        case formatted(String)
        /// The file is to be left as it is.
        case refused([Diagnostic])
    }

    package static func format(_ source: Source, limits: YAMLLimits = YAMLLimits()) -> Outcome {
        var findings = Findings(limit: limits.diagnostics)
        guard TextInspection.passes(source, limits, &findings) else { return .refused(findings.ordered) }
        let tree = YAMLTreeBuilder.tree(of: source, limits: limits, &findings)
        let diagnostics = findings.ordered
        guard tree != nil, !diagnostics.hasErrors else { return .refused(diagnostics) }
        let text = normalized(source)
        guard let before = LayoutText(text) else { return .refused([beyond(source, at: firstForeignBreak(text))]) }
        do throws(LayoutParser.Beyond) {
            let result = LayoutPrinter.text(of: try LayoutParser.tree(of: before))
            // A text in a block that ends with the file has no line's end there.
            let results = text.hasSuffix("\n") ? [result] : [result, String(result.dropLast())]
            let events = events(of: text)
            for result in results where self.events(of: result) == events {
                if let after = LayoutText(result), remarks(after) == remarks(before) { return .formatted(result) }
            }
            return .refused([beyond(source, at: nil)])
        } catch {
            return .refused([beyond(source, at: error.offset)])
        }
    }

    /// With LF at the end of every line, as YAML reads them.
    private static func normalized(_ source: Source) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.bytes.count)
        for (index, byte) in source.bytes.enumerated() {
            if byte != 0x0D {
                bytes.append(byte)
            } else if index + 1 == source.bytes.count || source.bytes[index + 1] != 0x0A {
                bytes.append(0x0A)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func remarks(_ text: LayoutText) -> [String] { text.comments.map(\.text).sorted() }

    private static func firstForeignBreak(_ text: String) -> Int? {
        text.unicodeScalars.enumerated().first { "\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0.element) }?.offset
    }

    /// What libyaml sees, without the places; `nil` where it finds fault.
    private static func events(of text: String) -> [YAMLEvent.Kind]? {
        Array(text.utf8).withUnsafeBufferPointer { bytes -> [YAMLEvent.Kind]? in
            guard var stream = YAMLEventStream(bytes) else { return nil }
            var events: [YAMLEvent.Kind] = []
            while events.last != .streamEnd {
                guard let event = try? stream.next() else { return nil }
                events.append(event.kind)
            }
            return events
        }
    }

    private static func beyond(_ source: Source, at offset: Int?) -> Diagnostic {
        var index = ScalarIndex(source)
        let position = offset.map { index.position(ofScalar: $0) }
        let span = position.map { SourceSpan(file: source.name, line: $0.line, column: $0.column) }
        let code = LayoutNotKnown()
        return Diagnostic(
            code.code, code.severity, "the formatter has no layout for this, and leaves the file as it is",
            at: span ?? source.span(ofBytes: 0..<0), label: offset == nil ? "" : "here",
            help: ["write this part in a plainer way"])
    }
}

/// What `hagen format` says of a file that it cannot lay out without changing it.
struct LayoutNotKnown: DocumentedCode {
    let code = DiagnosticCode(97)
    let title = "layout not known to the formatter"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds:
            "While 'hagen format' lays a file out: a part that YAML allows and nobody writes, such as a line that ends "
            + "in U+2028, or a ':' without a key.",
        why:
            "The formatter changes the space between parts and nothing else. It reads its result again, and where that "
            + "is not the same, comments included, the file is left as it is.",
        example: "name: \"a\u{2028}b\"\n",
        fix: "Write the part in a plainer way; the other commands read the file as it is.")
}
