internal import Hagen

/// The language's root, and what is small.
enum Language {
    static let apiVersion = "hagen/v1"
    /// Keys of the root that begin so are left to the writer, for parts that anchors name.
    static let extensionPrefix = "x-"
    /// Keys of the root that name other files: no part of the model comes from them.
    static let fileKeys = ["include", "base"]
    /// What every file of a topology may say, as long as all say the same.
    static let repeatableKeys = ["apiVersion", "name"]

    static let topology = PartTable(
        noun: "topology",
        keys: [
            .required("apiVersion", .text(.any), "The version of the language.", example: apiVersion),
            .required("name", .text(.name), "Names the system.", example: "shop"),
            .optional(
                "base", .text(.sourcePath),
                "The file that this one is laid over, as one environment over what all share.",
                example: "topology.yaml", synonyms: ["extends", "from"]),
            .optional(
                "include", .list(.text(.sourcePath), minimum: 0), "Further files that are merged into this one.",
                example: "[hosts.yaml, clusters/orders.yaml]", synonyms: ["imports", "includes"]),
            .optional(
                "coordination", .either(.word(["embedded"]), .part(coordination)),
                "The store that the failover engines agree through; unsaid: embedded, for one machine."),
            .required(
                "hosts", .named(host, minimum: 1), "The computers, by name.",
                synonyms: ["nodes", "servers", "machines"]),
            .optional("clusters", .named(cluster), "Hosts that serve one workload, by name.", synonyms: ["services"]),
            .optional(
                "balancers", .named(balancer), "Listeners that spread traffic, by name.", synonyms: ["frontends"]),
            .optional("monitoring", .part(monitoring), "What is measured, and who is told."),
            .optional("objectives", .list(.part(objective), minimum: 0), "What clusters promise.", synonyms: ["slos"]),
            .optional(
                "assumptions", .part(assumptions), "How often hosts, zones and workloads fail, and for how long."),
            .optional(
                "allow", .texts, "Warnings that are accepted, by code, each with the reason.",
                example: "{HG0107: there is only one data centre}", synonyms: ["ignore", "suppress", "disable"]),
            .later("credentials", "The names of secrets."),
            .later("jobs", "Work for compute clusters."),
        ])

    static let coordination = PartTable(
        noun: "coordination",
        keys: [
            .optional("etcd", .part(etcd), "The distributed store etcd.")
        ], exactlyOne: ["etcd"])

    static let etcd = PartTable(
        noun: "etcd store",
        keys: [
            .required(
                "hosts", .list(.text(.hostName)), "The hosts that each run a member of it.", example: "[a1, b1, c1]",
                synonyms: ["members", "on"]),
            .optional(
                "tls", .boolean, "Whether its members and their clients show certificates to each other.",
                synonyms: ["secure", "ssl"]),
            .later("endpoints", "An etcd that runs already."),
        ])

    static let host = PartTable(
        noun: "host",
        keys: [
            .required(
                "address", .text(.addressWithPrefix), "Its address, with the length of the network's prefix.",
                example: "10.0.0.11/24", synonyms: ["ip", "addr"]),
            .required(
                "zone", .text(.any), "Its failure domain: hosts of one zone are taken to fail together.",
                example: "eu-1a", synonyms: ["region", "rack"]),
            .optional("labels", .texts, "Texts of the team's own."),
            .optional("ssh", .part(ssh), "How an operator reaches it."),
            .optional(
                "capacity", .integer(Model.Host.capacities),
                "How many units of load it carries, in a unit of the team's choosing."),
            .optional("witness", .boolean, "Whether it runs the store and nothing else."),
        ])

    static let ssh = PartTable(
        noun: "SSH access",
        keys: [
            .optional("user", .text(.any), "The user to log in as."),
            .optional("port", .integer(ports), "The port of its SSH server."),
        ])

    static let virtualIP = PartTable(
        noun: "virtual IP",
        keys: [
            .required(
                "address", .text(.address), "The address that moves with the role.", example: "10.0.0.50",
                synonyms: ["ip"]),
            .required(
                "interface", .text(.interface), "The network interface that carries it.", example: "eth0",
                synonyms: ["device", "dev"]),
            .optional(
                "prefers", .text(.hostName), "The host that has it while that host is healthy.", synonyms: ["host"]),
        ], identity: "address")

    static let objective = PartTable(
        noun: "objective",
        keys: [
            .required("name", .text(.name), "Its name.", example: "api-availability"),
            .required("cluster", .text(.name), "The cluster that promises it.", example: "api"),
            .optional(
                "availability", .text(.ratio), "The share of the window in which the cluster serves.", example: "99.99%"
            ),
            .optional("window", .text(.duration), "The time over which the availability is counted.", example: "30d"),
            .optional(
                "recoveryTime", .text(.durationOrZero), "How long an outage may last at most.", synonyms: ["rto"]),
            .optional(
                "recoveryPoint", .text(.durationOrZero), "How much acknowledged data may be lost at most, in time.",
                synonyms: ["rpo"]),
        ], identity: "name")

    static let assumptions = PartTable(
        noun: "set of assumptions",
        keys: [
            .optional("host", .part(failures), "Of one host, its operating system included."),
            .optional("zone", .part(failures), "Of a zone as a whole: all its hosts at once."),
            .optional("workload", .part(failures), "Of a workload on one host that stays up.", synonyms: ["process"]),
            .optional(
                "maintenance", .part(plannedWork), "Planned work that takes one host out of service at a time."),
        ])

    static let failures = PartTable(
        noun: "assumption on failures",
        keys: [
            .required(
                "mtbf", .text(.duration), "From one failure to the next, on average.", example: "180d",
                synonyms: ["meanTimeBetweenFailures"]),
            .required(
                "mttr", .text(.duration), "From a failure until it serves again, on average.", example: "1h",
                synonyms: ["meanTimeToRepair"]),
        ])

    static let plannedWork = PartTable(
        noun: "assumption on maintenance",
        keys: [
            .required("every", .text(.duration), "From one time to the next on the same host.", example: "30d"),
            .required(
                "duration", .text(.duration), "How long the host is out of service.", example: "15m",
                synonyms: ["for"]),
        ])

    static let ports = ListenAddress.ports

    static func words<Word: RawRepresentable & CaseIterable>(_: Word.Type) -> [String] where Word.RawValue == String {
        Word.allCases.map(\.rawValue)
    }
}
