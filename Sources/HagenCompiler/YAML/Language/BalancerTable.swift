internal import Hagen

extension Language {
    static let balancer = PartTable(
        noun: "balancer",
        keys: [
            .required(
                "on", .list(.text(.hostName)), "The hosts that it listens on.", example: "[a1, b1]",
                synonyms: ["hosts", "nodes"]),
            .required(
                "protocol", .word(words(Model.Balancer.WireProtocol.self)), "What it speaks.", example: "http",
                synonyms: ["mode", "kind"]),
            .required(
                "listen", .text(.listenAddress), "A port on every address of its hosts, or ADDRESS:PORT.",
                example: "443", synonyms: ["port", "bind"]),
            .required(
                "to", .text(.target), "The cluster, or the members of one role: CLUSTER.ROLE.", example: "api",
                synonyms: ["backend", "cluster", "target"]),
            .optional("tls", .part(tls), "Its certificate and key, as one credential."),
            .optional(
                "strategy", .word(words(Model.Balancer.Strategy.self)), "How a member is chosen.",
                synonyms: ["balance", "algorithm", "policy"]),
            .optional(
                "affinity", .either(.word(["client-address"]), .part(affinity)), "What keeps one client on one member.",
                synonyms: ["sticky", "sessionAffinity"]),
            .optional("check", .part(check), "Which members get traffic.", synonyms: ["healthcheck"]),
            .optional("timeouts", .part(timeouts), "How long it waits for what."),
            .optional(
                "retries", .integer(Model.Balancer.retryCounts),
                "How often a request that has not reached a member is tried on another."),
            .optional("limits", .part(limits), "How much it takes on."),
            .optional(
                "virtualIPs", .list(.part(virtualIP), minimum: 0), "Addresses that move with the balancer.",
                synonyms: ["vips"]),
            .optional(
                "proxyProtocol", .part(proxyProtocol), "The PROXY protocol, towards members or from clients.",
                synonyms: ["proxy_protocol"]),
            .later("routes", "Clusters by host, path or header."),
            .later("redirects", "Requests that are sent elsewhere."),
            .later("headers", "Edits of headers."),
            .later("slowStart", "A growing share for members that have just come back."),
            .later("ejection", "Members set aside for failures that checks do not see."),
        ])

    static let proxyProtocol = PartTable(
        noun: "PROXY protocol setting",
        keys: [
            .optional(
                "accept", .boolean, "Whether clients, which are proxies, begin connections with its header.",
                synonyms: ["receive"]),
            .optional("send", .boolean, "Whether connections to members begin with its header."),
        ])

    static let tls = PartTable(
        noun: "TLS setting",
        keys: [
            .required(
                "credential", .text(.name), "The name of the credential that holds certificate and key.",
                example: "web-pem", synonyms: ["certificate", "cert", "secret"]),
            .later("minimumVersion", "The oldest version of TLS that is spoken."),
            .later("clientAuthority", "Who signs the certificates that clients must show."),
        ])

    static let affinity = PartTable(
        noun: "affinity",
        keys: [.optional("cookie", .text(.name), "The name of a cookie that the balancer sets.", example: "backend")],
        exactlyOne: ["cookie"])

    static let timeouts = PartTable(
        noun: "set of time-outs",
        keys: [
            .optional("connect", .text(.duration), "For a connection to a member to be established.", example: "1s"),
            .optional("request", .text(.duration), "For a whole request head of a client.", synonyms: ["client"]),
            .optional("response", .text(.duration), "For the head of a member's response.", synonyms: ["server"]),
            .optional("idle", .text(.duration), "For any byte on an established connection.", synonyms: ["keepalive"]),
            .optional("queue", .text(.durationOrZero), "For a member to become available when there is none."),
            .optional("drain", .text(.durationOrZero), "For open connections to end when the balancer stops."),
        ])

    static let limits = PartTable(
        noun: "set of limits",
        keys: [
            .optional(
                "maximumConnections", .integer(Model.Balancer.connectionCounts),
                "Clients connected at once on one host.",
                synonyms: ["maxconn", "connections"]),
            .later("requestsPerSecond", "How fast one client may ask."),
            .later("maximumBodySize", "How large the body of a request may be."),
            .later("connectionsPerClient", "How many connections one client may hold."),
        ])
}
