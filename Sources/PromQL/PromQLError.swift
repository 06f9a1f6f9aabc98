/// Why a text is not an expression that can be evaluated.
package struct PromQLError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// The text is not PromQL.
        case syntax
        /// The text is PromQL, but uses a part of it that is not evaluated yet.
        case notSupported(Feature)
    }

    /// The parts of PromQL that are recognised and refused.
    package enum Feature: String, CaseIterable, Sendable {
        case functions
        case aggregations
        case rangeSelectors = "range selectors"
        case subqueries
        case offset = "the offset modifier"
        case at = "the @ modifier"
        case arithmetic
        case setOperators = "the operators and, or and unless"
        case vectorMatching = "binary operators between two vectors"
        case chainedComparisons = "comparisons of comparisons"
        case bool = "the bool modifier"
        case regularExpressions = "regular-expression matchers"
        case quotedNames = "quoted metric and label names"
        case durationsAsNumbers = "durations as numbers"
        /// A selector, a number or a string on its own is PromQL, but no condition.
        case withoutComparison = "expressions without a comparison"
        case longText = "expressions over 64 KiB"
        case deepNesting = "nesting deeper than 100 levels"
    }

    package var kind: Kind
    /// In words for a person, without the position.
    package var message: String
    /// The offending part, as offsets in the text's UTF-8 bytes; empty at the end of the text.
    package var range: Range<Int>

    package init(kind: Kind, message: String, range: Range<Int>) {
        self.kind = kind
        self.message = message
        self.range = range
    }

    package var description: String { message }

    static func syntax(_ message: String, _ range: Range<Int>) -> Self {
        Self(kind: .syntax, message: message, range: range)
    }

    static func notSupported(_ feature: Feature, _ range: Range<Int>) -> Self {
        Self(
            kind: .notSupported(feature),
            message: """
                \(feature.rawValue): not evaluated yet; what is evaluated compares a selector with a number, \
                such as 'node_load1{instance="a"} > 4'
                """,
            range: range)
    }
}
