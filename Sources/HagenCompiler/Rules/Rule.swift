package import Hagen

/// What the compiler enforces: judges a topology without changing it.
///
/// One rule a file, named for the fault. Its documentation is what `hagen explain` prints, and a test runs both of its
/// examples: the one of its explanation yields its code and no other, the near miss yields nothing.
package protocol Rule: DocumentedCode {
    /// YAML as close to the example as can be that is right.
    var nearMiss: String { get }
    /// Where both examples are meant to run.
    var examplePlacement: Placement { get }
    /// Whether it counts parts, or finds that one is missing: then it has nothing to say while parts are left out of the
    /// model because they are broken.
    var needsTheWhole: Bool { get }
    func check(_ context: RuleContext) -> [Diagnostic]
}

extension Rule {
    package var examplePlacement: Placement { .declared }
    package var needsTheWhole: Bool { false }

    /// A finding of this rule, with its code and severity.
    func finding(
        _ message: String, at span: SourceSpan?, label: String = "", secondary: [Diagnostic.Label?] = [],
        notes: [String] = [], help: [String] = [], fixes: [Diagnostic.Fix] = []
    ) -> Diagnostic {
        Diagnostic(
            code, severity, message, at: span, label: label, secondary: secondary.compactMap(\.self), notes: notes,
            help: help, fixes: fixes)
    }
}
