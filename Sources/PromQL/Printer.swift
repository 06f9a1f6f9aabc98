extension Expression: CustomStringConvertible {
    /// Text that parses to an equal value.
    package var description: String { "\(selector) \(comparison.rawValue) \(formatted(number))" }
}

extension VectorSelector: CustomStringConvertible {
    package var description: String {
        guard !matchers.isEmpty || metric == nil else { return metric ?? "" }
        return (metric ?? "") + "{" + matchers.map(\.description).joined(separator: ",") + "}"
    }
}

extension LabelMatcher: CustomStringConvertible {
    package var description: String { "\(label)\(operation.rawValue)\(quoted(value))" }
}

/// The shortest text that reads back as this number, in the form of Prometheus: `+Inf`, `-Inf`, `NaN`, `0.85`, `4`.
package func formatted(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// The text between double quotes, with what cannot stand there escaped.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result += "\\\\"
        case "\"": result += "\\\""
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case let control where control.value < 0x20 || control.value == 0x7F:
            let digits = String(control.value, radix: 16)
            result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
