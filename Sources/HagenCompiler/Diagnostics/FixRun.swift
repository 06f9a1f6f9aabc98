/// Applies the safe fixes of findings again and again, until there is nothing more to apply.
///
/// After every step the result is judged anew, and a step that makes it worse is taken back: then its fixes are tried
/// one at a time. So the result never has more findings than the document had, and never more errors. What the rules
/// say once they can judge a document that could not be read before is not counted as worse.
package struct FixRun: Sendable {
    /// What was found in the sources as they are.
    package struct Judgement: Sendable {
        /// Of the front end.
        package var reading: [Diagnostic]
        /// Of the rules; `nil` where there was nothing that they could judge.
        package var rules: [Diagnostic]?

        package init(reading: [Diagnostic], rules: [Diagnostic]?) {
            self.reading = reading
            self.rules = rules
        }

        package var all: [Diagnostic] { (reading + (rules ?? [])).ordered }

        fileprivate func isWorse(than before: Judgement) -> Bool {
            func more(_ one: [Diagnostic], _ other: [Diagnostic]) -> Bool {
                one.count > other.count || one.count(where: \.isError) > other.count(where: \.isError)
            }
            switch (before.rules, rules) {
            case (.some, nil): return true
            case (nil, .some): return more(reading, before.reading)
            case (nil, nil), (.some, .some): return more(all, before.all)
            }
        }
    }

    /// A fix that was applied, and the finding that offered it, with its place at that time.
    package struct Step: Equatable, Sendable {
        package var finding: Diagnostic
        package var fix: Diagnostic.Fix
    }

    package private(set) var sources: [Source]
    /// What is left to do.
    package private(set) var judgement: Judgement
    package private(set) var steps: [Step] = []
    /// Safe fixes that were taken back, because there would have been more findings with them.
    package private(set) var refused: [Step] = []

    /// Far more than rules depend on one another; two fixes that undo each other end here.
    private static let longestRun = 16
    /// Each of them costs a whole judgement.
    private static let mostSingleSteps = 64

    /// - Parameter judge: Reads and judges sources; the same ones always alike.
    package init(_ sources: [Source], judge: ([Source]) -> Judgement) {
        self.sources = sources
        judgement = judge(sources)
        for _ in 0..<Self.longestRun {
            let offered = Self.offers(of: judgement)
            guard !offered.isEmpty else { return }
            let application = FixApplication(offered.map(\.fix), to: self.sources)
            guard !application.applied.isEmpty else { return }
            let after = judge(application.sources)
            if after.isWorse(than: judgement) {
                applyOneAtATime(judge)
                return
            }
            var applied = application.applied[...]
            for step in offered where step.fix == applied.first {
                steps.append(step)
                applied.removeFirst()
            }
            (self.sources, judgement) = (application.sources, after)
        }
    }

    private mutating func applyOneAtATime(_ judge: ([Source]) -> Judgement) {
        for _ in 0..<Self.mostSingleSteps {
            let next = Self.offers(of: judgement).first { offer in
                !refused.contains { $0.finding.message == offer.finding.message && $0.fix.title == offer.fix.title }
            }
            guard let next else { return }
            let application = FixApplication([next.fix], to: sources)
            let after = judge(application.sources)
            if application.applied.isEmpty || after.isWorse(than: judgement) {
                refused.append(next)
            } else {
                steps.append(next)
                (sources, judgement) = (application.sources, after)
            }
        }
    }

    /// The first safe fix of each finding.
    private static func offers(of judgement: Judgement) -> [Step] {
        judgement.all.compactMap { finding in
            finding.fixes.first { $0.applicability == .safe }.map { Step(finding: finding, fix: $0) }
        }
    }
}

extension Diagnostic {
    fileprivate var isError: Bool { severity == .error }
}
