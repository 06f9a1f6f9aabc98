package import Hagen

/// The pipeline after the front ends: a topology becomes diagnostics, and where they hold no error, a release.
package enum Compiler {
    /// What is shown of one rule: nobody mends more of a kind one by one, and a topology of any size has a bounded
    /// report.
    package static let findingsPerRule = 100

    /// What the rules find, in the order of every output, without the warnings that the topology accepts.
    package static func check(_ topology: Topology, placement: Placement) -> [Diagnostic] {
        var context = RuleContext(topology, placement: placement)
        for rule in RuleList.all where context.isWhole || !rule.needsTheWhole {
            context.found += rule.check(context).cut(to: findingsPerRule)
        }
        let accepted = Set(topology.model.allowances.compactMap { DiagnosticCode(text: $0.code) })
        return context.found.filter { finding in
            finding.severity == .error
                || !accepted.contains(finding.code) && !context.mayHold(.allowance, finding.code.description)
        }.ordered
    }

    /// The release is `nil` where a diagnostic is an error, or something was left out of the topology because it is broken.
    package static func compile(
        _ topology: Topology, placement: Placement
    ) -> (release: Release?, diagnostics: [Diagnostic]) {
        let diagnostics = check(topology, placement: placement)
        guard !diagnostics.hasErrors, topology.omissions.isEmpty else { return (nil, diagnostics) }
        return (Lowering.lower(topology.model, placement: placement), diagnostics)
    }

    /// Everything that has a code, by code.
    package static var documentedCodes: [any DocumentedCode] {
        // HG0100 has two finders: the reader, of what the model has no place for, and the rule of the same meaning.
        let rules = Set(RuleList.all.map(\.code))
        let reader = ReaderCode.allCases.filter { !rules.contains($0.code) }
        return reader.map { $0 as any DocumentedCode } + NotExpressible.allCases + [LayoutNotKnown()]
            + RuleList.all
    }

    /// The documentation of a code (`HG0101`) for a terminal; `nil` where there is no such code.
    package static func explain(_ code: DiagnosticCode) -> String? {
        guard let documented = documentedCodes.first(where: { $0.code == code }) else { return nil }
        let explanation = documented.explanation
        return """
            \(documented.code) (\(documented.severity.rawValue)): \(documented.title)

            What it finds
            \(indented(wrapped(explanation.finds)))

            Why it is bad
            \(indented(wrapped(explanation.why)))

            For example
            \(indented(explanation.example))

            What to do
            \(indented(wrapped(explanation.fix)))

            """
    }

    /// Lines of at most 76 characters, so that they fit a terminal with their indentation; a longer word has its own.
    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + word.count < 76 {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "    " + $0 }
            .joined(separator: "\n")
    }
}

extension [Diagnostic] {
    /// The first of them in the order of every output, errors before warnings; the last says how many were left out.
    fileprivate func cut(to limit: Int) -> [Diagnostic] {
        guard count > limit else { return self }
        var kept = Array(
            (filter { $0.severity == .error }.ordered + filter { $0.severity != .error }.ordered).prefix(limit))
        kept[limit - 1].notes.append("\(count - limit) more findings of \(kept[limit - 1].code) are not shown")
        return kept
    }
}
