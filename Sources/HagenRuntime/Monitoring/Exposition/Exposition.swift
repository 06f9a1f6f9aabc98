package import PromQL

/// Writes samples in Prometheus' text format, version 0.0.4.
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/.
package enum Exposition {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// - Parameter metrics: each metric once, with all of its samples.
    package static func text(_ metrics: [(metric: String, samples: [Sample])]) -> String {
        var text = ""
        for (metric, samples) in metrics where !samples.isEmpty {
            let description = MetricCatalogue.description(of: metric)
            text += "# HELP \(metric) "
            append(description.help, to: &text, escapingQuotes: false)
            text += "\n# TYPE \(metric) \(description.kind.rawValue)\n"
            for sample in samples { append(sample, metric, to: &text) }
        }
        return text
    }

    private static func append(_ sample: Sample, _ metric: String, to text: inout String) {
        text += metric
        var separator = "{"
        for label in sample.labels.sorted where label.name != Labels.metricName {
            text += separator
            text += label.name
            text += "=\""
            append(label.value, to: &text, escapingQuotes: true)
            text += "\""
            separator = ","
        }
        if separator == "," { text += "}" }
        text += " "
        text += formatted(sample.value)
        text += "\n"
    }

    /// A backslash and a newline are escaped everywhere, a quote in label values alone.
    private static func append(_ value: String, to text: inout String, escapingQuotes: Bool) {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else {
            text += value
            return
        }
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where escapingQuotes: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
