internal import Hagen

extension Language {
    static let lease = PartTable(
        noun: "lease",
        keys: [
            .required(
                "duration", .text(.duration), "How long the others wait, from the last renewal they saw.",
                example: "1s", synonyms: ["ttl"]),
            .required(
                "renew", .text(.duration), "How often the holder renews.", example: "250ms",
                synonyms: ["renewEvery", "interval"]),
            .optional(
                "aggressive", .boolean,
                "Whether a shorter lease than the store's elections allow is asked for knowingly."),
        ])

    static let fencing = PartTable(
        noun: "fencing device",
        keys: [
            .optional("watchdog", .text(.path), "A watchdog device that resets the host.", example: "/dev/watchdog"),
            .optional("agent", .part(fenceAgent), "A fence agent."),
        ], exactlyOne: ["watchdog", "agent"])

    static let fenceAgent = PartTable(
        noun: "fence agent",
        keys: [
            .required("name", .text(.fenceAgent), "The agent's name.", example: "fence_ipmilan"),
            .optional("parameters", .texts, "Its parameters.", synonyms: ["params"]),
        ])

    static let replication = PartTable(
        noun: "replication",
        keys: [
            .required(
                "mode", .word(words(Model.Replication.Mode.self)), "Whether a write waits for standbys.",
                example: "synchronous"),
            .optional(
                "style", .word(words(Model.Replication.Style.self)), "Who takes writes; unsaid: primary-replica."),
            .optional(
                "acknowledgements", .integer(Model.Replication.acknowledgementCounts),
                "How many standbys must confirm a write.", synonyms: ["acks"]),
            .optional("maximumLag", .text(.size), "How far a standby may lag and still be promoted.", example: "16MiB"),
            .optional(
                "onDegraded", .word(words(Model.Replication.Degraded.self)),
                "What writes do when too few standbys are left."),
        ])

    static let check = PartTable(
        noun: "check",
        keys: [
            .optional("tcp", .flag, "The port accepts a connection.", example: "true"),
            .optional(
                "http", .either(.text(.path), .part(httpCheck)), "A GET of this path answers well.", example: "/ready",
                synonyms: ["httpGet", "path"]),
            .optional(
                "command", .list(.text(.argument)), "The command exits 0.", example: "[/usr/bin/check]",
                synonyms: ["exec", "test"]),
            .optional(
                "nagios", .list(.text(.argument)), "The Nagios plugin exits 0 or 1.",
                example: "[/usr/lib/nagios/plugins/check_load]"),
            .optional(
                "role", .flag, "The database answers in the role that its cluster gives it.", example: "true",
                synonyms: ["postgresql", "mariadb", "redis"]),
            .optional(
                "every", .text(.duration), "The time from one check to the next.", example: "1s",
                synonyms: ["interval", "periodSeconds"]),
            .optional(
                "timeout", .text(.duration), "How long one may take.", example: "1s", synonyms: ["timeoutSeconds"]),
            .optional(
                "rise", .integer(Model.Check.counts), "Successes in a row that make a member healthy.",
                synonyms: ["successThreshold"]),
            .optional(
                "fall", .integer(Model.Check.counts), "Failures in a row that make a member unhealthy.",
                synonyms: ["retries", "failureThreshold"]),
        ], exactlyOne: ["tcp", "http", "command", "nagios", "role"])

    static let httpCheck = PartTable(
        noun: "HTTP check",
        keys: [
            .required("path", .text(.path), "The path that is asked for.", example: "/ready", synonyms: ["url"]),
            .optional(
                "status", .either(.integer(Model.Check.statuses), .list(.integer(Model.Check.statuses))),
                "The statuses that pass; unsaid: 200 to 399.", example: "[200, 204]"),
            .optional("contains", .text(.any), "What the body must contain.", synonyms: ["body", "match"]),
            .later("headers", "Headers of the request."),
            .later("method", "The method of the request."),
        ])

    static let hook = PartTable(
        noun: "hook",
        keys: [
            .required(
                "event", .word(words(Model.Hook.Event.self)), "When it runs.", example: "activated", synonyms: ["on"]),
            .required(
                "command", .list(.text(.argument)), "Program and arguments.", example: "[/usr/bin/notify]",
                synonyms: ["run", "exec"]),
            .optional("timeout", .text(.duration), "How long it may take."),
        ], identity: "event")

    static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    static let maintenance = PartTable(
        noun: "maintenance window",
        keys: [
            .optional("days", .list(.word(weekdays)), "Days of the week; unsaid: every day."),
            .required("start", .text(.timeOfDay), "Local time of day at which it opens.", example: "02:00"),
            .required("duration", .text(.duration), "How long it stays open.", example: "2h"),
        ])
}
