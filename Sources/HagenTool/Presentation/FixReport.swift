internal import Hagen
internal import HagenCompiler

/// What `hagen validate --fix` did, in lines for people: each fix, then how many of them and what was left.
enum FixReport {
    static func text(of run: FixRun) -> String {
        var lines = run.steps.map { "fixed \(place($0))\($0.finding.code): \($0.fix.title)" }
        lines += run.refused.map {
            "left \(place($0))\($0.finding.code): '\($0.fix.title)' would lead to more findings"
        }
        let others = run.judgement.all.count { finding in finding.fixes.contains { $0.applicability == .maybe } }
        var last = run.steps.isEmpty ? "no safe fix" : "\(run.steps.count) fixed"
        if others > 0 {
            last +=
                "; \(others) \(others == 1 ? "finding has a fix that is" : "findings have fixes that are") not "
                + "certain: look at \(others == 1 ? "it" : "them") below"
        }
        lines.append(last)
        return lines.joined(separator: "\n") + "\n\n"
    }

    private static func place(_ step: FixRun.Step) -> String {
        step.finding.primary.map { "\($0.span.file):\($0.span.start.line):\($0.span.start.column) " } ?? ""
    }
}
