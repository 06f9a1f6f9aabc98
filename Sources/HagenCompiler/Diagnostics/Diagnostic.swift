package import Hagen

/// A finding of the compiler: what is wrong, where, and what to do about it.
///
/// Its `Codable` form is the interchange form: every renderer starts from it, and a tool that reads the JSON knows as
/// much as the terminal shows.
package struct Diagnostic: Codable, Equatable, Sendable {
    package enum Severity: String, Codable, Equatable, Sendable, CaseIterable {
        /// The topology cannot be compiled.
        case error
        /// The topology compiles, but somebody should look at this.
        case warning
    }

    /// A stretch of source that the diagnostic points at, and what is to be seen there; the text may be empty.
    package struct Label: Codable, Equatable, Sendable {
        package var span: SourceSpan
        package var text: String

        package init(_ span: SourceSpan, _ text: String = "") {
            self.span = span
            self.text = text.bounded
        }
    }

    package var code: DiagnosticCode
    package var severity: Severity
    /// One sentence without a full stop, that says what is wrong in the user's words.
    package var message: String
    /// The place where the user would begin to mend it; `nil` where there is no source, as for a file that is missing.
    package var primary: Label?
    /// Other places that matter, such as the first of two declarations.
    package var secondary: [Label]
    /// Facts that explain the message.
    package var notes: [String]
    /// What the user can do, in words.
    package var help: [String]
    /// What the user can do, as edits.
    package var fixes: [Fix]

    package init(
        _ code: DiagnosticCode, _ severity: Severity, _ message: String, at span: SourceSpan?,
        label: String = "", secondary: [Label] = [], notes: [String] = [], help: [String] = [], fixes: [Fix] = []
    ) {
        self.code = code
        self.severity = severity
        self.message = message.bounded
        self.primary = span.map { Label($0, label) }
        self.secondary = secondary
        self.notes = notes.map(\.bounded)
        self.help = help.map(\.bounded)
        self.fixes = fixes
    }
}

extension Diagnostic {
    /// A change of the sources that mends the fault.
    package struct Fix: Codable, Equatable, Sendable {
        package enum Applicability: String, Codable, Equatable, Sendable {
            /// Certainly what was meant: a tool may apply it unasked.
            case safe
            /// Probably what was meant: a person decides.
            case maybe
        }

        /// What it does, as an order: `write '5s'`.
        package var title: String
        /// They do not overlap; all are applied or none.
        package var edits: [Edit]
        package var applicability: Applicability

        package init(_ title: String, _ edits: [Edit], _ applicability: Applicability) {
            self.title = title.bounded
            self.edits = edits
            self.applicability = applicability
        }
    }

    /// The replacement of one stretch of a source; an empty stretch is an insertion, an empty replacement a deletion.
    package struct Edit: Codable, Equatable, Sendable {
        package var span: SourceSpan
        package var replacement: String

        package init(_ span: SourceSpan, _ replacement: String) {
            self.span = span
            self.replacement = replacement
        }
    }
}

extension [Diagnostic] {
    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// In the order of every output: by file, position and code, then by message; those without a place come first.
    package var ordered: [Diagnostic] {
        sorted { left, right in
            let (first, second) = (left.primary?.span, right.primary?.span)
            guard let first, let second else {
                if (first == nil) != (second == nil) { return first == nil }
                return (left.code, left.message) < (right.code, right.message)
            }
            return (first.file, first.start, first.end, left.code, left.message)
                < (second.file, second.start, second.end, right.code, right.message)
        }
    }
}

extension String {
    /// Names stand in messages, and a name may be as long as a file: what is beyond all reading is cut.
    fileprivate var bounded: String {
        let limit = 2000
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { utf8.formIndex(before: &end) }
        return String(self[..<end]) + "…"
    }
}
