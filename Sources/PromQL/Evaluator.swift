/// One series' newest value.
package struct Sample: Equatable, Sendable {
    package var labels: Labels
    package var value: Double

    package init(labels: Labels, value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// Where an expression finds its series.
package protocol SeriesSource {
    /// The newest sample of every series that the selector matches and that is not stale, each series once.
    func instantVector(_ selector: VectorSelector) -> [Sample]
}

extension Expression {
    /// The samples for which the comparison holds, with their names and values as they are, sorted by labels.
    package func evaluate(over source: some SeriesSource) -> [Sample] {
        source.instantVector(selector)
            .filter { comparison.holds($0.value, number) }
            .sorted { $0.labels < $1.labels }
    }
}
