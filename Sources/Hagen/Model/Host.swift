extension Model {
    /// A computer with an address and a zone.
    public struct Host: Codable, Equatable, Sendable {
        public var name: String
        /// An IPv4 or IPv6 address with its prefix length, as written: `10.0.0.11/24`.
        public var address: String
        /// The failure domain: hosts of one zone are taken to fail together.
        public var zone: String
        /// Words of the team's own, for people and for other tools.
        public var labels: [String: String]
        public var ssh: SSH?
        /// How many units of load the host can carry, in a unit of the team's choosing; compared, never measured.
        public var capacity: Int?
        /// A witness runs the store and nothing else.
        public var witness: Bool

        public init(
            name: String, address: String, zone: String, labels: [String: String] = [:], ssh: SSH? = nil,
            capacity: Int? = nil, witness: Bool = false
        ) {
            self.name = name
            self.address = address
            self.zone = zone
            self.labels = labels
            self.ssh = ssh
            self.capacity = capacity
            self.witness = witness
        }
    }

    /// How an operator reaches a host. What is unsaid is left to the operator's own OpenSSH configuration.
    public struct SSH: Codable, Equatable, Sendable {
        /// The name to log in with.
        public var user: String?
        /// 1 to 65535.
        public var port: Int?

        public init(user: String? = nil, port: Int? = nil) {
            self.user = user
            self.port = port
        }
    }
}
