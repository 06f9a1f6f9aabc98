/// A kind of finding that explains itself: what `hagen explain CODE` prints, and what SARIF lists as a rule.
///
/// A rule of the compiler is such a type; the reader of YAML lists one value for each of its codes.
package protocol DocumentedCode: Sendable {
    var code: DiagnosticCode { get }
    /// A few words without an article or a full stop: `duplicate key`.
    var title: String { get }
    var severity: Diagnostic.Severity { get }
    var explanation: Explanation { get }
}

/// The documentation of one code, in whole sentences; its parts are printed under a heading each.
package struct Explanation: Equatable, Sendable {
    /// What it finds.
    package var finds: String
    /// Why that is bad.
    package var why: String
    /// YAML that triggers it, as short as it can be; every example is compiled by a test.
    package var example: String
    /// What to do about it.
    package var fix: String

    package init(finds: String, why: String, example: String, fix: String) {
        self.finds = finds
        self.why = why
        self.example = example
        self.fix = fix
    }
}
