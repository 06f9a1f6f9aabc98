/// The model: plain values that say what a topology is, whichever front end it was written in.
///
/// Every type below this name is `Codable`, `Equatable` and `Sendable`; two topologies are equal when they mean the
/// same. What was left unsaid stays `nil` here (the defaults are chosen in one place, when a release is lowered), and
/// where a part was said stands beside the model, in a `SourceMap`.
public enum Model {
    /// Grows whenever the JSON form of the model changes its meaning. A topology package and a `hagen` of different
    /// versions say so instead of misreading each other.
    public static let version = 2
}

extension Model {
    /// What a team declares: the root of the model.
    public struct Topology: Codable, Equatable, Sendable {
        /// Names the system; it becomes part of file names, of the store's keys and of unit descriptions.
        public var name: String
        public var coordination: Coordination
        /// In order of first use in Swift, of declaration in YAML. Two different values under one name stay two entries,
        /// for a rule to report.
        public var hosts: [Host]
        public var clusters: [Cluster]
        public var balancers: [Balancer]
        public var monitoring: Monitoring
        public var objectives: [Objective]
        /// `nil`: the documented defaults, and then an objective that is missed is a warning.
        public var assumptions: Assumptions?
        /// Warnings that the team accepts.
        public var allowances: [Allowance]

        public init(
            name: String, coordination: Coordination = .embedded, hosts: [Host] = [], clusters: [Cluster] = [],
            balancers: [Balancer] = [], monitoring: Monitoring = Monitoring(), objectives: [Objective] = [],
            assumptions: Assumptions? = nil, allowances: [Allowance] = []
        ) {
            self.name = name
            self.coordination = coordination
            self.hosts = hosts
            self.clusters = clusters
            self.balancers = balancers
            self.monitoring = monitoring
            self.objectives = objectives
            self.assumptions = assumptions
            self.allowances = allowances
        }
    }

    /// The store that the failover engines agree through.
    public enum Coordination: Codable, Equatable, Sendable {
        /// One process of Hagen's own, durable: for topologies of one machine, and for the lab.
        case embedded
        /// The distributed store etcd, a member of it on each of these hosts. With `tls` its members and their clients
        /// show each other certificates; without it they talk in clear.
        case etcd(hosts: [String], tls: Bool = false)
    }
}
