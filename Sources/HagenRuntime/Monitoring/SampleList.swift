package import PromQL

/// The samples of one collection. Each gets the host's `instance` label.
package struct SampleList: Sendable {
    package let instance: String
    package private(set) var samples: [Sample] = []

    package init(instance: String) { self.instance = instance }

    /// - Parameter metric: a name of `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    package mutating func add(_ metric: String, _ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        var all = Labels(metric: metric, labels)
        all["instance"] = instance
        samples.append(Sample(labels: all, value: value))
    }

    package mutating func add(_ metric: String, _ value: Bool, _ labels: KeyValuePairs<String, String> = [:]) {
        add(metric, value ? 1 : 0, labels)
    }
}
