/// What the monitor evaluates: the series of an instant vector whose newest sample compares with a number.
///
/// `number OP selector` is read as the mirrored `selector OP number`: both yield the selector's samples.
package struct Expression: Sendable {
    package var selector: VectorSelector
    package var comparison: Comparison
    package var number: Double

    package init(_ selector: VectorSelector, _ comparison: Comparison, _ number: Double) {
        self.selector = selector
        self.comparison = comparison
        self.number = number
    }
}

extension Expression: Equatable {
    /// Numbers are equal when they are written alike: NaN equals itself here.
    package static func == (left: Self, right: Self) -> Bool {
        left.selector == right.selector && left.comparison == right.comparison
            && (left.number.bitPattern == right.number.bitPattern || (left.number.isNaN && right.number.isNaN))
    }
}

package enum Comparison: String, CaseIterable, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// By IEEE 754, as PromQL has it: NaN is unequal to everything and neither above nor below anything.
    package func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }

    /// The comparison that holds with its sides exchanged.
    var mirrored: Comparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }
}

/// `metric{label="value"}`: which series are meant.
package struct VectorSelector: Equatable, Sendable {
    /// `nil` where only matchers say what is meant; then at least one of them does not match an absent label.
    package var metric: String?
    /// As written.
    package var matchers: [LabelMatcher]

    package init(metric: String?, matchers: [LabelMatcher] = []) {
        self.metric = metric
        self.matchers = matchers
    }

    package func matches(_ labels: Labels) -> Bool {
        (metric == nil || labels.metric == metric) && matchers.allSatisfy { $0.matches(labels) }
    }
}

/// `label="value"` or `label!="value"`. An absent label is one with an empty value.
package struct LabelMatcher: Equatable, Sendable {
    package enum Operation: String, Sendable {
        case equal = "="
        case notEqual = "!="
    }
    package var label: String
    package var operation: Operation
    package var value: String

    package init(_ label: String, _ operation: Operation, _ value: String) {
        self.label = label
        self.operation = operation
        self.value = value
    }

    package func matches(_ labels: Labels) -> Bool {
        ((labels[label] ?? "") == value) == (operation == .equal)
    }

    var matchesAbsentLabel: Bool { value.isEmpty == (operation == .equal) }
}
