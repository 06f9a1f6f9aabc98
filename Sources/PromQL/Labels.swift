/// The labels of one series, its metric's name among them as `__name__`; no name stands twice, none has an empty value
/// (an empty value is an absent label).
package struct Labels: Hashable, Sendable {
    /// The label that holds the metric's name.
    package static let metricName = "__name__"

    package struct Label: Hashable, Sendable {
        package let name, value: String
    }

    /// Sorted by name.
    package private(set) var sorted: [Label]

    package init() { sorted = [] }

    /// Later pairs of the same name replace earlier ones.
    package init(_ pairs: some Sequence<(key: String, value: String)>) {
        self.init()
        for pair in pairs { self[pair.key] = pair.value }
    }

    package init(metric: String, _ pairs: KeyValuePairs<String, String> = [:]) {
        self.init(pairs.map { (key: $0.key, value: $0.value) })
        self[Self.metricName] = metric
    }

    package subscript(name: String) -> String? {
        get { sorted.first { $0.name == name }?.value }
        set {
            let index = sorted.firstIndex { $0.name >= name } ?? sorted.endIndex
            if index < sorted.endIndex, sorted[index].name == name { sorted.remove(at: index) }
            if let newValue, !newValue.isEmpty { sorted.insert(Label(name: name, value: newValue), at: index) }
        }
    }

    package var metric: String? { self[Self.metricName] }

    /// Without the metric's name.
    package var withoutMetric: Labels {
        var labels = self
        labels[Self.metricName] = nil
        return labels
    }

    package var dictionary: [String: String] {
        Dictionary(uniqueKeysWithValues: sorted.map { ($0.name, $0.value) })
    }
}

extension Labels: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.sorted.lexicographicallyPrecedes(right.sorted) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}

extension Labels: ExpressibleByDictionaryLiteral, CustomStringConvertible {
    package init(dictionaryLiteral pairs: (String, String)...) {
        self.init(pairs.map { (key: $0.0, value: $0.1) })
    }

    /// `name{a="b"}`, as a selector is written.
    package var description: String {
        let labels = sorted.filter { $0.name != Self.metricName }
        let list = labels.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: ",")
        return (metric ?? "") + (list.isEmpty && metric != nil ? "" : "{\(list)}")
    }
}
