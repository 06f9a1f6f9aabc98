/// Why something that the operator asked for could not be done, in words for a person.
package struct DeployError: Error, Equatable, CustomStringConvertible {
    /// What was being done, and what went wrong.
    package let message: String
    /// What to do next; empty where the message says it all.
    package let advice: String

    package init(_ message: String, advice: String = "") {
        self.message = message
        self.advice = advice
    }

    package var description: String { advice.isEmpty ? message : "\(message)\n\(advice)" }
}
