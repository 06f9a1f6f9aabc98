import Hagen
import HagenCompiler
import Testing

/// Goal: where a rule draws its line, on both sides of it.
struct RuleCaseTests {
    /// One topology, and the codes that it yields beside that of engines which are not there yet.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var codes: [Int]
        var text: String

        init(_ description: String, _ codes: [Int], _ text: String) {
            testDescription = description
            self.codes = codes
            self.text = text
        }
    }

    @Test(arguments: addresses + stores + databases + times) func yields(example: Case) throws {
        let (topology, readerDiagnostics) = YAMLFrontEnd.read(
            Source(name: "topology.yaml", text: "apiVersion: hagen/v1\nname: shop\n" + example.text))
        #expect(readerDiagnostics == [])
        let codes = Compiler.check(try #require(topology), placement: .declared).map(\.code.number).filter { $0 != 100 }
        #expect(codes.sorted() == example.codes)
    }

    private static let hosts = """
        hosts:
          a1: {address: 10.0.0.11/24, zone: a}
          b1: {address: 10.0.0.12/24, zone: b}
          c1: {address: 10.0.0.13/24, zone: c}

        """
    private static let web = """
        clusters:
          api: {kind: load-balancing, workload: {process: {command: [/bin/api], port: 8080}}, members: [a1, b1, c1]}
        balancers:
          web: {on: [a1, b1], protocol: tcp, listen: 80, to: api, check: {tcp: true}, virtualIPs:
        """

    private static let addresses: [Case] = [
        Case(
            "a network without a broadcast address", [],
            hosts + web + " [{address: \"fd00::ffff\", interface: eth0}]}"),
        Case("the broadcast address", [133], hosts + web + " [{address: 10.0.0.255, interface: eth0}]}"),
        Case("the network's address", [133], hosts + web + " [{address: 10.0.0.0, interface: eth0}]}"),
        Case("a multicast address", [133], hosts + web + " [{address: 224.0.0.18, interface: eth0}]}"),
        Case("a host's address, written otherwise", [132], hosts + web + " [{address: 10.0.0.13, interface: eth0}]}"),
        Case(
            "one address twice in one list", [132],
            hosts + web + " [{address: 10.0.0.80, interface: eth0}, {address: 10.0.0.80, interface: eth0}]}"),
        Case(
            "one address on other hosts", [132],
            hosts + web + " [{address: 10.0.0.80, interface: eth0}]}\n"
                + "  other: {on: [c1, b1], protocol: tcp, listen: 81, to: api, check: {tcp: true}, "
                + "virtualIPs: [{address: 10.0.0.80, interface: eth0}]}"),
        Case(
            "an IPv6 router's anycast address", [133],
            """
            hosts:
              a1: {address: "fd00:1::/64", zone: a}
              b1: {address: "fd00:1::1/64", zone: b}
            clusters:
              api: {kind: load-balancing, workload: {process: {command: [/bin/api], port: 8080}}, members: [a1, b1]}
            """),
    ]

    private static let orders =
        "clusters:\n  orders: {kind: failover, mode: active-passive, workload: {process: {command: [/bin/o], port: 7000}}, "

    private static let stores: [Case] = [
        Case(
            "five members, two a zone", [],
            """
            coordination: {etcd: {hosts: [a1, a2, b1, b2, c1], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: a}
              a2: {address: 10.0.0.12/24, zone: a}
              b1: {address: 10.0.0.13/24, zone: b}
              b2: {address: 10.0.0.14/24, zone: b}
              c1: {address: 10.0.0.15/24, zone: c}
            """),
        Case(
            "an even number alone", [105],
            """
            coordination: {etcd: {hosts: [a1, a2], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: a}
              a2: {address: 10.0.0.12/24, zone: a}
            """),
        Case(
            "a store on an unknown host", [102],
            "coordination: {etcd: {hosts: [x9], tls: true}}\n" + hosts + orders + "members: [a1, b1, c1]}"),
        Case(
            "one member, for a cluster of one", [124],
            "coordination: {etcd: {hosts: [a1], tls: true}}\n"
                + "hosts: {a1: {address: 10.0.0.11/24, zone: a}}\n" + orders + "members: [a1]}"),
        Case(
            "a workload on the store's own port", [104],
            "coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}\n" + hosts
                + "clusters:\n  x: {kind: load-balancing, workload: {process: {command: [/bin/x], port: 2380}}, members: [a1, b1]}"
        ),
        Case(
            "the store's port on a host without it", [],
            "coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}\n" + hosts
                + "  d1: {address: 10.0.0.14/24, zone: d}\n  e1: {address: 10.0.0.15/24, zone: e}\n"
                + "clusters:\n  x: {kind: load-balancing, workload: {process: {command: [/bin/x], port: 2380}}, members: [d1, e1]}"
        ),
        Case(
            "four elections exactly", [],
            "coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}\n" + hosts + orders
                + "members: [a1, b1], lease: {duration: 1s, renew: 200ms}}"),
        Case(
            "less, knowingly", [138],
            "coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}\n" + hosts + orders
                + "members: [a1, b1], lease: {duration: 899ms, renew: 200ms, aggressive: true}}"),
    ]

    private static let lab = """
        hosts:
          a1: {address: 127.0.0.11/8, zone: a}
          b1: {address: 127.0.0.12/8, zone: b}
          c1: {address: 127.0.0.13/8, zone: c}

        """

    private static func database(_ workload: String, _ rest: String, mode: String = "active-passive") -> String {
        lab + "clusters:\n  db: {kind: failover, mode: \(mode), workload: \(workload), members: [a1, b1, c1], \(rest)}"
    }

    private static let watchdog = "fencing: [{watchdog: /dev/watchdog}]"
    private static let watchdogInTime = "lease: {duration: 3s, renew: 500ms}, " + watchdog

    private static let databases: [Case] = [
        Case("a cache without replication", [], database("{redis: {}}", "minimumHealthy: 1")),
        Case(
            "as many acknowledgements as standbys", [146],
            database("{postgresql: {version: 15}}", "replication: {mode: synchronous, acknowledgements: 2}")),
        Case(
            "one less", [],
            database("{postgresql: {version: 15}}", "replication: {mode: synchronous, acknowledgements: 1}")),
        Case(
            "an active-active database with one primary", [144],
            database("{postgresql: {version: 15}}", "replication: {mode: synchronous}", mode: "active-active")),
        Case(
            "an active-active MariaDB with one primary", [144],
            database("{mariadb: {version: \"11\"}}", "replication: {mode: synchronous}", mode: "active-active")),
        Case(
            "several primaries that wait for nobody", [144],
            database(
                "{mariadb: {version: \"11\"}}", "replication: {mode: asynchronous, style: multi-primary}",
                mode: "active-active")),
        Case(
            "MariaDB waits for one replica", [144, 146],
            database("{mariadb: {version: \"11\"}}", "replication: {mode: synchronous, acknowledgements: 2}")),
        Case(
            "settings that several primaries do not have", [143, 143],
            database(
                "{mariadb: {version: \"11\"}}",
                "replication: {mode: synchronous, style: multi-primary, acknowledgements: 1, maximumLag: 1MiB}",
                mode: "active-active")),
        Case(
            "replication of a process", [143],
            database("{process: {command: [/bin/p], port: 7000}}", "replication: {mode: synchronous}")),
        Case(
            "asynchronous in every bad way", [143, 147, 148],
            database("{mongodb: {}}", "replication: {mode: asynchronous, onDegraded: continue}")),
        Case(
            "no loss, asynchronously", [149],
            database("{mongodb: {}}", "replication: {mode: asynchronous, maximumLag: 1MiB}, " + watchdogInTime)
                + "\nobjectives: [{name: o, cluster: db, recoveryPoint: 0}]"),
        Case(
            "some loss, asynchronously", [],
            database("{mongodb: {}}", "replication: {mode: asynchronous, maximumLag: 1MiB}, " + watchdogInTime)
                + "\nobjectives: [{name: o, cluster: db, recoveryPoint: 1s}]"),
    ]

    private static func process(_ process: String, _ rest: String) -> String {
        lab + "clusters:\n  p: {kind: failover, mode: active-passive, "
            + "workload: {process: {command: [/bin/p], port: 7000\(process)}}, members: [a1, b1, c1]\(rest)}\n"
    }

    private static func promise(_ assumptions: String) -> String {
        """
        hosts:
          a1: {address: 10.0.0.11/24, zone: a}
        clusters:
          p: {kind: load-balancing, workload: {process: {command: [/bin/p], port: 7000}}, members: [a1]}
        assumptions: {\(assumptions)}
        objectives: [{name: o, cluster: p, availability: 99.999%, window: 30d}]
        """
    }

    private static let times: [Case] = [
        Case(
            "one unit in two clusters", [113],
            lab
                + "clusters:\n  x: {kind: load-balancing, workload: {systemd: {unit: a.service}}, members: [a1, b1, c1]}"
                + "\n  y: {kind: load-balancing, workload: {systemd: {unit: a}}, members: [a1, b1, c1]}"),
        Case(
            "a unit of Hagen's own", [113],
            lab + "clusters:\n  x: {kind: load-balancing, workload: {systemd: {unit: hagen-failover.service}}, "
                + "members: [a1, b1, c1]}"),
        Case(
            "a placeholder that stands for nothing", [130],
            process("", ", fencing: [{agent: {name: fence_x, parameters: {plug: \"{hostname}\"}}}]")),
        Case("a watchdog with the default lease", [139], process("", ", " + watchdog)),
        Case(
            "a watchdog and a lease that is shorter than its time", [139],
            process("", ", lease: {duration: 900ms, renew: 200ms}, " + watchdog)),
        Case(
            "a watchdog in time", [],
            process("", ", lease: {duration: 6s, renew: 1s}, " + watchdog)),
        Case(
            "as long as allowed", [],
            process(", startTime: 2s", "") + "objectives: [{name: o, cluster: p, recoveryTime: 3s}]"),
        Case(
            "a check that notices late", [140],
            process("", ", check: {tcp: true, every: 5s}")
                + "objectives: [{name: o, cluster: p, recoveryTime: 10s}]"),
        Case(
            "a balancer that notices late", [140],
            lab + """
                clusters:
                  p: {kind: load-balancing, workload: {process: {command: [/bin/p], port: 7000}}, members: [a1, b1, c1]}
                balancers:
                  quick: {on: [a1, b1], protocol: tcp, listen: 80, to: p, check: {tcp: true, every: 100ms}}
                  late: {on: [a1, b1], protocol: tcp, listen: 81, to: p, check: {tcp: true, every: 5s}}
                objectives: [{name: o, cluster: p, recoveryTime: 10s}]
                """),
        Case(
            "a hot standby with a start of its own", [],
            process(", startTime: 5s, standby: hot", "") + "objectives: [{name: o, cluster: p, recoveryTime: 3s}]"),
        Case(
            "a hot workload that is started again in place", [140],
            process(", startTime: 5s, standby: hot, restarts: {limit: 1, window: 60s}", "")
                + "objectives: [{name: o, cluster: p, recoveryTime: 3s}]"),
        Case(
            "nobody takes over, and two hosts are unused", [124, 127, 127, 140],
            process("", "").replacing("[a1, b1, c1]", with: "[a1]")
                + "objectives: [{name: o, cluster: p, recoveryTime: 1h}]"),
        Case(
            "a miss by the figures of hosts and zones", [175],
            promise("host: {mtbf: 30d, mttr: 12h}, zone: {mtbf: 365d, mttr: 1h}")),
        Case("a miss by the figures of hosts alone", [176], promise("host: {mtbf: 30d, mttr: 12h}")),
        Case("a miss by the figures of zones alone", [176], promise("zone: {mtbf: 10d, mttr: 1h}")),
        Case("a miss by defaults, beside a figure of workloads", [176], promise("workload: {mtbf: 30d, mttr: 1m}")),
        Case(
            "as many restarts as fit", [],
            process(", startTime: 5s, restarts: {limit: 2, window: 10s}", "")),
    ]
}
