import Hagen
import HagenCompiler
import Testing

/// Goal: where the rules of balancers, monitoring, objectives and security draw their lines, on both sides of each.
struct TrafficRuleCaseTests {
    typealias Case = RuleCaseTests.Case

    @Test(arguments: balancers + alerts + routes + objectives + secrets) func yields(example: Case) throws {
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

    private static func api(_ balancers: String, _ rest: String = "") -> String {
        hosts + """
            clusters:
              api: {kind: load-balancing, workload: {process: {command: [/bin/api], port: 8080}}, members: [a1, b1, c1]\(rest)}
            balancers:
            \(balancers)
            """
    }

    private static let plain = "  web: {on: [a1, b1], protocol: http, listen: 80, to: api, check: {tcp: true}}"

    private static func web(_ rest: String, wireProtocol: String = "http") -> String {
        api("  web: {on: [a1, b1], protocol: \(wireProtocol), listen: 80, to: api\(rest)}")
    }

    private static func failover(_ cluster: String, _ balancer: String, standby: String = "cold") -> String {
        hosts + """
            coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
            clusters:
              p:
                kind: failover
                mode: active-passive
                workload: {process: {command: [/bin/p], port: 7000, standby: \(standby)}}
                members: [a1, b1, c1]
                \(cluster)
            balancers:
              b: {on: [a1, b1], protocol: tcp, listen: 80, \(balancer)}
            """
    }

    private static let balancers: [Case] = [
        Case(
            "two balancers on one host each, to the same members", [],
            api(
                "  one: {on: [a1], protocol: tcp, listen: 80, to: api, check: {tcp: true}}\n"
                    + "  two: {on: [b1], protocol: tcp, listen: 80, to: api, check: {tcp: true}}")),
        Case(
            "two balancers on one host each, to other members", [150],
            hosts + """
                clusters:
                  api: {kind: load-balancing, workload: {process: {command: [/bin/api], port: 8080}}, members: [a1, b1, c1]}
                  old: {kind: load-balancing, workload: {external: {endpoints: ["10.0.9.1:80"]}}}
                balancers:
                  one: {on: [a1], protocol: tcp, listen: 80, to: api, check: {tcp: true}}
                  two: {on: [b1], protocol: tcp, listen: 81, to: old, check: {tcp: true}}
                """),
        Case("one zone of three may be lost", [], api(plain, ", minimumHealthy: 2")),
        Case("no zone of three may be lost", [151], api(plain, ", minimumHealthy: 3")),
        Case(
            "a chain by way of the virtual IP, in clear", [153],
            hosts + """
                clusters:
                  api: {kind: load-balancing, workload: {process: {command: [/bin/api], port: 8080}}, members: [a1, b1, c1]}
                  in: {kind: load-balancing, workload: {external: {endpoints: ["10.0.0.80:81"]}}}
                balancers:
                  edge: {on: [a1, c1], protocol: tcp, listen: 80, to: in, check: {tcp: true}}
                  web:
                    on: [a1, b1]
                    protocol: tcp
                    listen: 81
                    to: api
                    affinity: client-address
                    check: {tcp: true}
                    virtualIPs: [{address: 10.0.0.80, interface: eth0}]
                """),
        Case(
            "who waits for the header in vain", [154],
            hosts + """
                clusters:
                  api: {kind: load-balancing, workload: {process: {command: [/bin/api], port: 8080}}, members: [a1, b1, c1]}
                  in: {kind: load-balancing, workload: {external: {endpoints: ["10.0.0.11:81"]}}}
                balancers:
                  edge: {on: [a1, c1], protocol: tcp, listen: 80, to: in, check: {tcp: true}}
                  web: {on: [a1, b1], protocol: tcp, listen: 81, to: api, strategy: ip-hash, check: {tcp: true}, proxyProtocol: {accept: true}}
                """),
        Case(
            "the header for a database", [154],
            hosts + """
                clusters:
                  cache: {kind: load-balancing, workload: {redis: {}}, members: [a1, b1, c1]}
                balancers:
                  c: {on: [a1, b1], protocol: tcp, listen: 80, to: cache, check: {tcp: true}, proxyProtocol: {send: true}}
                """),
        Case(
            "time-outs of HTTP over TCP", [155, 155],
            web(", timeouts: {request: 1s, response: 1s}, check: {tcp: true}", wireProtocol: "tcp")),
        Case(
            "a connection slower than the default answer", [155], web(", timeouts: {connect: 31s}, check: {tcp: true}")),
        Case("a short answer and nothing else said", [], web(", timeouts: {response: 100ms}, check: {http: /ready}")),
        Case(
            "a queue of just the lease", [],
            failover("lease: {duration: 3s, renew: 500ms}", "to: p.active, timeouts: {queue: 3s}, check: {tcp: true}")),
        Case(
            "a queue shorter than the lease", [156],
            failover(
                "lease: {duration: 3s, renew: 500ms}", "to: p.active, timeouts: {queue: 2999ms}, check: {tcp: true}")),
        Case(
            "no queue", [],
            failover("lease: {duration: 3s, renew: 500ms}", "to: p.active, timeouts: {queue: 0}, check: {tcp: true}")),
        Case(
            "any member", [],
            failover("lease: {duration: 3s, renew: 500ms}", "to: p, timeouts: {queue: 1s}, check: {tcp: true}")),
        Case(
            "a check of three times the failover", [], failover("", "to: p.active, check: {tcp: true, every: 1500ms}")),
        Case("a check slower than that", [157], failover("", "to: p.active, check: {tcp: true, every: 1501ms}")),
        Case(
            "the same where standbys run", [],
            failover("", "to: p.active, check: {tcp: true, every: 5s}", standby: "hot")),
        Case("the role of a process", [162], web(", check: {role: true}")),
        Case(
            "TLS's port, and TLS", [],
            api(
                "  web: {on: [a1, b1], protocol: http, listen: 443, to: api, check: {tcp: true}, tls: {credential: pem}}"
            )),
        Case(
            "TLS's other port", [161],
            api("  web: {on: [a1, b1], protocol: http, listen: \"0.0.0.0:8443\", to: api, check: {tcp: true}}")),
    ]

    private static func alert(_ expression: String, _ rest: String = "", interval: String = "1s") -> String {
        """
        hosts:
          a1: {address: 10.0.0.11/24, zone: a}
        monitoring:
          interval: \(interval)
          receivers: [{name: oncall, webhook: {url: {credential: oncall-url}}}]
          alerts:
            - {alert: it, expr: '\(expression)', receiver: oncall\(rest)}
        """
    }

    private static let cpu = "instance:node_cpu_utilisation:rate1m"
    private static let alerts: [Case] = [
        Case("as long as the interval", [], alert("hagen_store_reachable == 0", ", for: 30s", interval: "30s")),
        Case("shorter", [163], alert("hagen_store_reachable == 0", ", for: 29s", interval: "30s")),
        Case("at once", [], alert("hagen_store_reachable == 0", ", for: 0", interval: "30s")),
        Case("a whole share", [], alert("\(cpu) == 1")),
        Case("more than a whole", [164], alert("\(cpu) > 1")),
        Case("less than nothing", [164], alert("\(cpu) < 0")),
        Case("mirrored", [164], alert("85 < \(cpu)")),
        Case("every share", [164], alert("\(cpu) >= 0")),
        Case("half a flag", [164], alert("hagen_store_reachable == 0.5")),
        Case("above half a flag", [], alert("hagen_store_reachable > 0.5")),
        Case("a negative counter", [164], alert("hagen_monitor_collections_total < 0")),
        Case("what is always one", [164], alert("hagen_host_info == 1")),
        Case("no number", [164], alert("\(cpu) > NaN")),
        Case("endless", [164], alert("hagen_monitor_series > +Inf")),
        Case("a metric of nobody", [165], alert("up == 0")),
        Case("memory that some kernels have", [], alert("node_memory_Zswapped_bytes > 1")),
        Case("a host that is not there", [166], alert("hagen_store_reachable{instance=\"a2\"} == 0")),
        Case("a label that is not there", [166], alert("hagen_store_reachable{host=\"a1\"} == 0")),
        Case("any label of the kernel's", [], alert("node_cpu_seconds_total{mode=\"idle\"} > 9")),
        Case("a usual severity", [], alert("hagen_store_reachable == 0", ", labels: {severity: page}")),
        Case("a word of one's own", [], alert("hagen_store_reachable == 0", ", labels: {severity: sev-3}")),
        Case("nearly a usual one", [170], alert("hagen_store_reachable == 0", ", labels: {severity: warnign}")),
        Case(
            "more members than there are", [164],
            web(", check: {tcp: true}")
                + "\nmonitoring:\n  receivers: [{name: r, webhook: {url: {credential: u}}}]\n"
                + "  alerts: [{alert: few, expr: 'hagen_balancer_backends_healthy{balancer=\"web\"} < 4', receiver: r}]"
        ),
        Case(
            "as many members as there are", [],
            web(", check: {tcp: true}")
                + "\nmonitoring:\n  receivers: [{name: r, webhook: {url: {credential: u}}}]\n"
                + "  alerts: [{alert: few, expr: 'hagen_balancer_backends_healthy{balancer=\"web\"} < 3', receiver: r}]"
        ),
    ]

    private static func routed(_ routes: String, labels: String = "{severity: critical}", rest: String = "") -> String {
        """
        hosts:
          a1: {address: 10.0.0.11/24, zone: a}
        monitoring:
          receivers: [{name: r, webhook: {url: {credential: u}}}]
          routes: [\(routes)]
          alerts:
            - {alert: it, expr: 'hagen_engine_up{engine="balancer"} == 0', labels: \(labels)\(rest)}
        """
    }

    private static let routes: [Case] = [
        Case("a route by label", [], routed("{match: {severity: critical}, receiver: r}")),
        Case("a route by the alert's name", [], routed("{match: {alertname: it}, receiver: r}")),
        Case("a route by a label of the series", [], routed("{match: {instance: a1}, receiver: r}")),
        Case("a route by a label that the expression fixes", [], routed("{match: {engine: balancer}, receiver: r}")),
        Case("a route by another value of it", [112, 167], routed("{match: {engine: failover}, receiver: r}")),
        Case("a route by a label of nobody", [167], routed("{match: {team: a}, receiver: r}, {receiver: r}")),
        Case("everything twice", [167], routed("{receiver: r}, {receiver: r}")),
        Case("everything twice, and on", [], routed("{receiver: r, continue: true}, {receiver: r}")),
        Case(
            "narrower, behind", [167],
            routed(
                "{match: {severity: critical}, receiver: r}, {match: {severity: critical, instance: a1}, receiver: r}")),
        Case(
            "narrower, before", [],
            routed(
                "{match: {severity: critical, instance: a1}, receiver: r}, {match: {severity: critical}, receiver: r}")),
        Case("routes of no alert", [167], routed("{receiver: r}, {receiver: r}", rest: ", receiver: r")),
        Case("an alert of no route", [112, 167], routed("{match: {severity: warning}, receiver: r}")),
    ]

    private static func objective(_ text: String) -> String { web(", check: {tcp: true}") + "\nobjectives: [\(text)]" }

    private static let objectives: [Case] = [
        Case("nothing", [169], objective("{name: o, cluster: api}")),
        Case("a window", [169], objective("{name: o, cluster: api, window: 30d}")),
        Case("a time", [], objective("{name: o, cluster: api, recoveryTime: 1m}")),
        Case(
            "the same twice", [],
            objective("{name: o, cluster: api, recoveryTime: 1m}, {name: p, cluster: api, recoveryTime: 1m}")),
        Case(
            "two points", [171],
            objective("{name: o, cluster: api, recoveryPoint: 1m}, {name: p, cluster: api, recoveryPoint: 2m}")),
    ]

    private static func process(_ process: String) -> String {
        hosts
            + "clusters:\n  api: {kind: load-balancing, workload: {process: {\(process), port: 8080}}, members: [a1, b1, c1]}"
    }

    private static let secrets: [Case] = [
        Case(
            "a name alone", [],
            process("command: [/bin/x], environment: {TOKEN_LIFETIME: 30m, MONKEY: x, PASSWORDS: y}")),
        Case("a path", [], process("command: [/bin/x, --token, /etc/x/token], environment: {TOKEN: /etc/x/token}")),
        Case("an empty one", [], process("command: [/bin/x, --token=], environment: {TOKEN: ''}")),
        Case("an option", [172], process("command: [/bin/x, --api-key=abc]")),
        Case("an option and its value", [172], process("command: [/bin/x, -password, abc]")),
        Case("an option and an option", [], process("command: [/bin/x, --ask-password, --verbose]")),
        Case("a URL", [172], process("command: [/bin/x], environment: {DATABASE_URL: 'postgres://shop:abc@db/shop'}")),
        Case(
            "a URL with a user", [],
            process("command: [/bin/x], environment: {DATABASE_URL: 'postgres://shop@db/shop'}")),
        Case("a small name", [172], process("command: [/bin/x], environment: {pgpassword: abc}")),
        Case("a program in /var/tmp", [160], process("command: [/var/tmp/x]")),
        Case("a program in a folder of that name", [], process("command: [/opt/tmp/x]")),
    ]
}
