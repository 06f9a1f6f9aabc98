extension Model {
    /// A warning of the compiler that the team knows of and accepts.
    public struct Allowance: Codable, Equatable, Sendable {
        /// The code of the warning: `HG0107`.
        public var code: String
        /// Why it is accepted, for whoever reads the topology next year.
        public var reason: String

        public init(code: String, reason: String) {
            self.code = code
            self.reason = reason
        }
    }
}
