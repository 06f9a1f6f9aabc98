internal import Hagen

/// Values as Prometheus and Alertmanager read them.
enum PrometheusText {
    /// Whole milliseconds, rounded up: what is finer they do not know.
    static func duration(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return (Duration.seconds(seconds) + .milliseconds(milliseconds)).text
    }

    /// A text without forms to fill in, which Prometheus would take for a Go template.
    static func literal(_ text: some StringProtocol) -> String {
        var result = ""
        var braces = ""
        func flushed() -> String { braces.count > 1 ? "{{\"\(braces)\"}}" : braces }
        for character in text {
            if character == "{" {
                braces.append(character)
            } else {
                result += flushed()
                result.append(character)
                braces = ""
            }
        }
        return result + flushed()
    }

    /// An annotation: `{{ $labels.NAME }}` and `{{ $value }}` are filled in by either, anything else between braces is
    /// text for the monitor, and so it must be for Prometheus.
    static func annotation(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let opening = rest.firstRange(of: "{{"),
            let closing = rest[opening.lowerBound...].firstRange(of: "}}")
        {
            let inside = closing.lowerBound < opening.upperBound ? "" : rest[opening.upperBound..<closing.lowerBound]
            if let form = form(inside) {
                result += literal(rest[..<opening.lowerBound]) + form
            } else {
                result += literal(rest[..<closing.upperBound])
            }
            rest = rest[closing.upperBound...]
        }
        return result + literal(rest)
    }

    private static func form(_ inside: Substring) -> String? {
        let words = inside.split(separator: " ")
        guard words.count == 1, let word = words.first else { return nil }
        if word == "$value" { return "{{ $value }}" }
        let prefix = "$labels."
        guard word.hasPrefix(prefix), word.count > prefix.count else { return nil }
        let name = word.dropFirst(prefix.count)
        guard name.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || $0.isASCIIAlphanumeric }) else { return nil }
        // No label begins with a digit: there is never anything to fill in.
        return Model.Alert.isLabelName(String(name)) ? "{{ $labels.\(name) }}" : ""
    }

    /// A matcher of Alertmanager: the label has this very value.
    static func matcher(_ label: String, _ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\(label)=\"\(escaped)\""
    }
}

extension UInt8 {
    fileprivate var isASCIIAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(self | 0x20)
    }
}
