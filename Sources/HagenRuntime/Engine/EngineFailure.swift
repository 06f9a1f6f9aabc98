/// Why an engine did not start or ended, in words for a person.
package struct EngineFailure: Error, Equatable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// The configuration file or the environment is wrong: starting again changes nothing.
        case configuration
        /// Anything else.
        case failure
    }
    package let description: String
    package let kind: Kind

    package init(_ description: String, kind: Kind = .failure) {
        self.description = description
        self.kind = kind
    }

    /// The exit code of the process that ends with it: 78 (`EX_CONFIG`) or 1.
    package var exitCode: Int32 { kind == .configuration ? 78 : 1 }
}
