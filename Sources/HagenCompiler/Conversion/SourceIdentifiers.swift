/// Gives names of a topology the identifiers that a person would write for them in Swift: `eu-1a` becomes `eu1a`, and of
/// two alike the later has a number. (`SwiftName` is for sources that nobody edits: there a name must not change because
/// another was added.)
struct SourceIdentifiers {
    /// What stands before a name that begins with a digit, or is no name that Swift can have: `host`.
    private let noun: String
    private var identifiers: [String: String] = [:]
    private var taken: Set<String> = []

    init(_ noun: String) { self.noun = noun }

    /// The same each time it is asked for a name.
    mutating func identifier(of name: String) -> String {
        if let known = identifiers[name] { return known }
        let identifier = unique(Self.camelCase(name, noun))
        identifiers[name] = identifier
        return identifier
    }

    /// An identifier that nothing else has.
    mutating func unique(_ wanted: String) -> String {
        var candidate = wanted
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(wanted)\(number)"
            number += 1
        }
        return SwiftName.keywords.contains(candidate) ? "`\(candidate)`" : candidate
    }

    private static func camelCase(_ name: String, _ noun: String) -> String {
        let words = name.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.map(String.init)
        guard let first = words.first else { return noun }
        let isShouted = first.allSatisfy { $0.isUppercase || $0.isNumber }
        let start = isShouted ? first.lowercased() : first.prefix(1).lowercased() + first.dropFirst()
        let identifier = start + words.dropFirst().map(Self.capitalized).joined()
        if identifier.first?.isNumber == true { return noun + identifier }
        return unusable.contains(identifier) ? noun + Self.capitalized(identifier) : identifier
    }

    static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// A name for the type that declares the topology.
    static func typeName(of name: String) -> String {
        let identifier = capitalized(camelCase(name, "topology"))
        return reservedTypes.contains(identifier) ? identifier + "System" : identifier
    }

    /// Members that every type has, or that backticks do not help.
    private static let unusable: Set<String> = ["self", "init", "type", "protocol", "_", "topology", "main"]

    /// Types that a topology in Swift may speak of: those of the DSL, and the common ones of the language.
    static let reservedTypes: Set<String> = [
        "ActiveActive", "ActivePassive", "Alert", "Allow", "Any", "Application", "Array", "Assumptions",
        "BalancerBuilder", "BodyBuilder", "Bool", "ByteCount", "Character", "Check", "ClusterContent", "ClusterPart",
        "Component", "ComputeCluster", "Condition", "Coordination", "Credential", "Database", "Dictionary", "Double",
        "Duration", "Endpoint", "EndpointRole", "Error", "ExternalService", "FailoverBuilder", "FailoverCluster",
        "FailoverContent", "FailoverMode", "Failures", "Fencing", "FollowsRole", "HTTPAffinity", "HTTPBalancer",
        "Hagen", "Health", "Heartbeat", "Hook", "Host", "Infrastructure", "Int", "Lease", "ListenAddress",
        "LoadBalancingCluster", "MaintenanceWindow", "MariaDB", "Member", "MemberBuilder", "Metric", "MetricValue",
        "Model", "ModelPath", "MongoDB", "Monitoring", "MultiPrimary", "MultiPrimaryDatabase", "NamedBalancer",
        "NamedCluster", "Never", "Objective", "Optional", "PlannedWork", "PostgreSQL", "PrefersHost",
        "PrimaryReplica", "ProcessWorkload", "Protocol", "ProxyProtocol", "Ratio", "Receiver", "Redis", "Replication",
        "ReplicationKind", "ResourceAgent", "Result", "Restarts", "Role", "Route", "SSH", "Self", "Set", "Severity",
        "SharedRole", "SingleRole", "Slurm", "SourceMap", "SourceSpan", "Standby", "Strategy", "String", "Swift",
        "SystemdUnit", "TCPAffinity", "TCPBalancer", "Task", "Timeouts", "Topology", "TopologyBuilder",
        "TopologyContent", "Type", "VirtualIP", "VirtualIPPreference", "Void", "WireProtocol", "Workload", "Zone",
        "DurationText", "DurationRepresentable",
    ]
}
