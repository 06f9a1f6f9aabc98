extension Parser {
    /// `{label="value", …}` behind a metric's name or alone.
    mutating func selector(metric: String?, from start: Int) throws(PromQLError) -> Part {
        var selector = VectorSelector(metric: metric)
        var hasQuotedName = false
        var refusedMatcherMatchesAbsent = true
        if try take(.leftBrace) {
            while !stands(.rightBrace) {
                switch try matcher() {
                case .matcher(let matcher): selector.matchers.append(matcher)
                case .metric(let range):
                    if metric != nil || hasQuotedName { throw .syntax("the metric is named twice", range) }
                    hasQuotedName = true
                case .refused(let matchesAbsentLabel):
                    if !matchesAbsentLabel { refusedMatcherMatchesAbsent = false }
                }
                guard try take(.comma) else { break }
            }
            try expect(.rightBrace, "behind the label matchers")
        }
        let range = start..<previousEnd
        let namesMetric = selector.matchers.contains { $0.label == Labels.metricName }
        if metric != nil || hasQuotedName, namesMetric { throw .syntax("the metric is named twice", range) }
        if metric == nil, !hasQuotedName, refusedMatcherMatchesAbsent,
            selector.matchers.allSatisfy(\.matchesAbsentLabel)
        {
            throw .syntax("a selector needs a metric's name or a matcher that does not match an absent label", range)
        }
        return Part(type: .instantVector, form: .selector(selector), range: range, isModifiable: true)
    }

    private enum Matcher {
        case matcher(LabelMatcher)
        /// A quoted metric name.
        case metric(Range<Int>)
        case refused(matchesAbsentLabel: Bool)
    }

    private mutating func matcher() throws(PromQLError) -> Matcher {
        let name = try advance()
        let label: String
        switch name.kind {
        case .identifier(let text):
            if text.contains(":") { throw .syntax("a label's name has no colon", name.range) }
            label = text
        case .string(let text):
            refuse(.quotedNames, name.range)
            if stands(.comma) || stands(.rightBrace) { return .metric(name.range) }
            label = text
        default:
            throw .syntax("expected a label's name, found \(name.description)", name.range)
        }
        guard case .mark(let mark) = token.kind, [.assign, .notEqual, .matches, .matchesNot].contains(mark) else {
            throw .syntax("expected = != =~ or !~ behind a label's name, found \(token.description)", token.range)
        }
        try advance()
        guard case .string(let value) = token.kind else {
            throw .syntax("expected a label's value in quotes, found \(token.description)", token.range)
        }
        try advance()
        if let operation = LabelMatcher.Operation(rawValue: mark.rawValue) {
            return .matcher(LabelMatcher(label, operation, value))
        }
        refuse(.regularExpressions, name.range.lowerBound..<previousEnd)
        // Without an engine for the pattern, it counts as one that does not match an absent label, unless it is empty.
        return .refused(matchesAbsentLabel: value.isEmpty == (mark == .matches))
    }

    /// Words that Prometheus does not take as a label's name in a list, though it does in a selector.
    private static let noLabels: Set<String> = ["inf", "nan", "without"]

    /// `(label, …)` of on, ignoring, group_left, group_right, by and without.
    /// - Returns: how many labels it names.
    @discardableResult
    mutating func labelList() throws(PromQLError) -> Int {
        try expect(.leftParenthesis, "before a list of labels")
        var count = 0
        while !stands(.rightParenthesis) {
            let name = try advance()
            switch name.kind {
            case .identifier(let text) where !text.contains(":") && !Self.noLabels.contains(text.lowercased()): break
            case .string: refuse(.quotedNames, name.range)
            default: throw .syntax("expected a label's name, found \(name.description)", name.range)
            }
            count += 1
            guard try take(.comma) else { break }
        }
        try expect(.rightParenthesis, "behind a list of labels")
        return count
    }
}
