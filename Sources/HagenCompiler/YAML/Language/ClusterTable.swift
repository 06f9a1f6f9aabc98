internal import Hagen

extension Language {
    /// The kinds as they are written; `mode` tells the two of `failover` apart.
    static let clusterKinds = ["failover", "load-balancing", "compute"]
    static let failoverModes = [
        Model.Cluster.Kind.activePassive.rawValue, Model.Cluster.Kind.activeActive.rawValue,
    ]

    static let cluster = PartTable(
        noun: "cluster",
        keys: [
            .required(
                "kind", .word(clusterKinds), "How its members share the work.", example: "failover", synonyms: ["type"]),
            .optional(
                "mode", .word(failoverModes), "Of a failover cluster: whether one member is active or all are.",
                example: "active-passive"),
            .required(
                "workload", .part(workload), "What a member runs.",
                example: "{process: {command: [/usr/bin/api], port: 8080}}", synonyms: ["running", "service"]),
            .optional(
                "members", .list(.either(.text(.hostName), .part(member))), "The hosts that serve it.",
                example: "[a1, b1]", synonyms: ["hosts", "nodes", "on"]),
            .optional(
                "minimumHealthy", .integer(Model.Cluster.memberCounts),
                "How many members must be healthy for it to serve what it promises.",
                synonyms: ["minReplicas", "quorum"]),
            .optional("replication", .part(replication), "How the members of a database keep copies."),
            .optional("lease", .part(lease), "The time-limited right to be active."),
            .optional(
                "heartbeat", .text(.duration), "How often the agents of the members greet each other.", example: "100ms"
            ),
            .optional(
                "check", .part(check), "A health check that an active member must pass to stay active.",
                synonyms: ["healthcheck"]),
            .optional(
                "fencing", .list(.either(.word(["self"]), .part(fencing))),
                "What stops a member that cannot stop itself, in this order.", synonyms: ["stonith"]),
            .optional(
                "virtualIPs", .list(.part(virtualIP), minimum: 0), "Addresses that move with the active role.",
                synonyms: ["vips"]),
            .optional("hooks", .list(.part(hook), minimum: 0), "Commands that run when a member's role changes."),
            .optional("maintenance", .part(maintenance), "When work on the members is allowed."),
            .later("switchover", "When the role may move back to a preferred member."),
            .later("dataLoss", "How much data a failover may lose."),
            .later("jobs", "The work of a compute cluster."),
        ])

    static let member = PartTable(
        noun: "member",
        keys: [
            .required("host", .text(.hostName), "The host.", example: "a1", synonyms: ["name", "node"]),
            .optional(
                "priority", .integer(Model.Member.priorities), "Higher is preferred as active member; unsaid: 100."),
            .optional(
                "weight", .integer(Model.Member.weights), "Its share of traffic relative to the others; unsaid: 1."),
            .optional("candidate", .boolean, "Whether it may become active; unsaid: true."),
        ], identity: "host")

    static let workload = PartTable(
        noun: "workload",
        keys: [
            .optional(
                "process", .part(process), "A program that Hagen starts and stops itself.",
                synonyms: ["command", "exec", "image"]),
            .optional("systemd", .part(systemd), "A systemd unit that exists on the hosts.", synonyms: ["unit"]),
            .optional("postgresql", .part(postgreSQL), "PostgreSQL.", synonyms: ["postgres", "pg"]),
            .optional("mariadb", .part(mariaDB), "MariaDB.", synonyms: ["mysql"]),
            .optional("redis", .part(database("Redis")), "Redis.", synonyms: ["valkey"]),
            .optional("mongodb", .part(database("MongoDB")), "MongoDB.", synonyms: ["mongo"]),
            .optional("slurm", .part(slurm), "The batch scheduler Slurm."),
            .optional("ocf", .part(resourceAgent), "An OCF resource agent."),
            .optional("external", .part(external), "Endpoints that Hagen balances and watches, but does not run."),
        ],
        exactlyOne: ["process", "systemd", "postgresql", "mariadb", "redis", "mongodb", "slurm", "ocf", "external"])

    static let process = PartTable(
        noun: "process",
        keys: [
            .required(
                "command", .list(.text(.argument)), "Program and arguments.", example: "[/usr/bin/api, --verbose]",
                synonyms: ["cmd", "run", "exec"]),
            .optional("port", .integer(ports), "The port that it listens on; told to it as HAGEN_PORT."),
            .optional("environment", .texts, "Variables of its environment.", synonyms: ["env"]),
            .optional("user", .text(.any), "The user that it runs as, where the agent may change users."),
            .optional("standby", .word(words(Model.ProcessWorkload.Standby.self)), "Whether it runs on standbys too."),
            .optional("restarts", .part(restarts), "How often it is restarted in place before its cluster fails over."),
            stopTimeout("5s"),
            .optional(
                "startTime", .text(.duration),
                "How long it takes from its start until it serves, as measured; recovery times are judged by it.",
                example: "3s", synonyms: ["startup", "start_period"]),
        ])

    private static func stopTimeout(_ unsaid: String) -> Key {
        .optional(
            "stopTimeout", .text(.durationOrZero),
            "How long it may take to end before it is killed; unsaid: \(unsaid).", example: unsaid,
            synonyms: ["stop_grace_period", "TimeoutStopSec"])
    }

    static let restarts = PartTable(
        noun: "restart policy",
        keys: [
            .required(
                "limit", .integer(Model.Restarts.limits), "How many restarts.", example: "10",
                synonyms: ["max", "attempts"]),
            .required("window", .text(.duration), "Restarts older than this are forgotten.", example: "1m"),
        ])

    static let systemd = PartTable(
        noun: "systemd unit",
        keys: [
            .required(
                "unit", .text(.service), "The unit's name.", example: "api.service", synonyms: ["name", "service"]),
            .optional("port", .integer(ports), "The port that it listens on."), stopTimeout("30s"),
        ])

    static let postgreSQL = PartTable(
        noun: "PostgreSQL workload",
        keys: [
            .required("version", .integer(9...99), "The major version.", example: "15"),
            .optional("port", .integer(ports), "The port that it listens on; unsaid: 5432."),
            .later("parameters", "Settings of the server."),
        ])

    static let mariaDB = PartTable(
        noun: "MariaDB workload",
        keys: [
            .required("version", .text(.any), "The version.", example: "10.11"),
            .optional("port", .integer(ports), "The port that it listens on; unsaid: 3306."),
            .later("parameters", "Settings of the server."),
        ])

    static func database(_ name: String) -> PartTable {
        PartTable(
            noun: "\(name) workload",
            keys: [
                .optional("version", .text(.any), "The version."),
                .optional("port", .integer(ports), "The port that it listens on; unsaid: the usual one."),
                .later("parameters", "Settings of the server."),
            ])
    }

    static let slurm = PartTable(
        noun: "Slurm workload", keys: [.optional("partition", .text(.any), "The partition that the members form.")])

    static let resourceAgent = PartTable(
        noun: "resource agent",
        keys: [
            .required(
                "agent", .text(.resourceAgent), "The agent.", example: "ocf:heartbeat:Filesystem",
                synonyms: ["name", "type"]),
            .optional("parameters", .texts, "Its parameters.", synonyms: ["params"]),
            .optional("port", .integer(ports), "The port that it listens on."), stopTimeout("30s"),
        ])

    static let external = PartTable(
        noun: "external workload",
        keys: [
            .required(
                "endpoints", .list(.text(.endpoint)), "Where it listens.", example: "[\"10.0.9.1:8080\"]",
                synonyms: ["addresses", "servers"])
        ])
}
