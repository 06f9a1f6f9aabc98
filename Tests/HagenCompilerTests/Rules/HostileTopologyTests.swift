import Hagen
import HagenCompiler
import HagenRuntime
import Testing

/// Goal: whatever a topology says, the compiler answers with diagnostics or with a release; it never ends.
///
/// Lowering and emitters rely on the rules by preconditions, so a fault that no rule finds would show as a crash here.
struct HostileTopologyTests {
    /// Goal: 1,000 topologies, each with a few faults in places drawn at random, are judged, and compiled where right.
    @Test func faultsAtRandomNeverCrash() {
        var random = Generator(state: 20_240_607)
        var compiled = 0
        for round in 0..<1000 {
            var topology = round % 2 == 0 ? SampleTopologies.shop : SampleTopologies.single
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&topology, &random) }
            for placement in Placement.allCases {
                let result = Compiler.compile(
                    Topology(model: topology, sources: SourceMap()), placement: placement)
                #expect((result.release == nil) == result.diagnostics.hasErrors)
                guard let release = result.release else { continue }
                compiled += 1
                #expect(!Emitters.files(for: release).isEmpty)
                #expect(Self.faults(release) == [], "round \(round), \(placement)")
            }
        }
        // Some faults are harmless, or the test would not reach lowering; most are not.
        #expect(compiled > 100 && compiled < 1500, "\(compiled)")
    }

    /// What the engines would refuse, with exit code 78.
    static func faults(_ release: Release) -> [String] {
        release.hosts.flatMap { host in
            (host.failover.map { FailoverFaults.found(in: $0) } ?? [])
                + (host.balancer.map { BalancerEngine.faults($0) } ?? [])
                + (host.monitor.map { MonitorFaults.of($0) } ?? [])
        }
    }

    private static let texts = [
        "", "a1", "b1", "api", "../../etc/passwd", "a\nb", "%n", "$HOME", "<b>&\"", "a|b", "ünïcode", "x\0y",
        String(repeating: "n", count: 300), "10.0.0.5/24", "0.0.0.0:80", "[::]:80", "127.0.0.1:9464", "80", "70000",
        "-1", "control", "coordinator", "224.0.0.1/4", "bin/api", "HAGEN_ROLE", "http://:80", "http://h:80/x",
        "alertname",
    ]
    private static let numbers = [
        -1, 0, 1, 80, 443, 1023, 1024, 2379, 8080, 8081, 9464, 65535, 65536, 1_000_001, .max, .min,
    ]
    private static let databases: [Model.Workload] = [
        .postgreSQL(version: 15, port: nil), .mariaDB(version: "11", port: nil), .redis(version: nil, port: nil),
        .mongoDB(version: nil, port: nil),
    ]
    private static let durations: [Duration] = [
        .zero, .nanoseconds(1), .milliseconds(1), .milliseconds(250), .seconds(1), .seconds(301), .seconds(3601),
        .seconds(1 << 40), .seconds(-1),
    ]

    private func mutate(_ topology: inout Model.Topology, _ random: inout Generator) {
        guard let host = topology.hosts.indices.randomElement(using: &random),
            let cluster = topology.clusters.indices.randomElement(using: &random),
            let balancer = topology.balancers.indices.randomElement(using: &random)
        else { return }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: mutate(&topology, host: host, &random)
        case 1: mutate(&topology.clusters[cluster], &random)
        default: mutate(&topology.balancers[balancer], &random)
        }
    }

    private func mutate(_ topology: inout Model.Topology, host: Int, _ random: inout Generator) {
        let text = pick(Self.texts, &random)
        switch Int.random(in: 0..<16, using: &random) {
        case 13: topology.coordination = .etcd(hosts: [text, "a1", pick(["a1", "b1", "c1"], &random)])
        case 14, 15:
            topology.objectives.append(
                Model.Objective(
                    name: text, cluster: pick(["ledger", "api", text], &random),
                    recoveryTime: pick(Self.durations, &random), recoveryPoint: pick(Self.durations, &random)))
        case 10: topology.monitoring.alerts[0].labels = [text: text]
        case 11: topology.monitoring.alerts[0].receivers.append(pick(["oncall", text], &random))
        case 12: topology.monitoring.receivers[0].channel = .webhook(url: .plain(text))
        case 0: topology.name = text
        case 1: topology.hosts[host].name = text
        case 2: topology.hosts[host].address = text
        case 3: topology.hosts[host].zone = text
        case 4: topology.hosts.remove(at: host)
        case 5: topology.hosts.append(topology.hosts[host])
        case 6: topology.hosts[host].witness = true
        case 7: topology.clusters.remove(at: pick(Array(topology.clusters.indices), &random))
        case 8: topology.monitoring.alerts.append(Model.Alert(name: text, expression: text, receivers: [text]))
        default: topology.monitoring.interval = pick(Self.durations, &random)
        }
    }

    private func mutate(_ cluster: inout Model.Cluster, _ random: inout Generator) {
        let (text, number) = (pick(Self.texts, &random), pick(Self.numbers, &random))
        let duration = pick(Self.durations, &random)
        switch Int.random(in: 0..<23, using: &random) {
        case 17:
            cluster.workload = pick(Self.databases, &random)
            cluster.replication = Model.Replication(
                mode: pick(Model.Replication.Mode.allCases, &random),
                style: pick(Model.Replication.Style.allCases, &random), acknowledgements: number,
                onDegraded: pick(Model.Replication.Degraded.allCases, &random))
        case 18: cluster.virtualIPs = [Model.VirtualIP(address: text, interface: text, prefers: text)]
        case 19: cluster.failover.fencing = [.watchdog(device: text), .agent(name: text, parameters: [:])]
        case 20: cluster.failover.lease = Model.Lease(duration: duration, renew: duration, aggressive: true)
        case 21:
            cluster.workload = .process(
                Model.ProcessWorkload(
                    command: ["/bin/x"], restarts: Model.Restarts(limit: number, window: duration),
                    startTime: pick(Self.durations, &random)))
        case 22: cluster.replication = Model.Replication(mode: .synchronous, acknowledgements: number)
        case 12: cluster.failover.check = Model.Check(.tcp, every: duration, timeout: duration, fall: number)
        case 13: cluster.workload = .external(endpoints: [text, "10.0.9.1:80", "10.0.9.1:80"])
        case 14: cluster.workload = .process(Model.ProcessWorkload(command: ["/bin/x"], environment: [text: text]))
        case 15: for index in cluster.members.indices { cluster.members[index].weight = number }
        case 16: cluster.members = Array(cluster.members.prefix(1))
        case 0: cluster.name = text
        case 1: cluster.kind = pick(Model.Cluster.Kind.allCases, &random)
        case 2: cluster.workload = SampleTopologies.process([text], port: number)
        case 3: cluster.workload = SampleTopologies.process([], port: nil)
        case 4: cluster.workload = .external(endpoints: [text])
        case 5: cluster.workload = .postgreSQL(version: 15, port: number)
        case 6: cluster.members = []
        case 7: cluster.members.append(Model.Member(host: text, priority: number, weight: number))
        case 8: cluster.minimumHealthy = number
        case 9: cluster.failover.lease = Model.Lease(duration: duration, renew: .milliseconds(250))
        case 10: cluster.failover.lease = Model.Lease(duration: .seconds(1), renew: duration)
        default: cluster.failover.heartbeat = duration
        }
    }

    private func mutate(_ balancer: inout Model.Balancer, _ random: inout Generator) {
        let (text, number) = (pick(Self.texts, &random), pick(Self.numbers, &random))
        let duration = pick(Self.durations, &random)
        switch Int.random(in: 0..<11, using: &random) {
        case 9: balancer.retries = number
        case 10: balancer.check = Model.Check(.http(path: text, status: [number], contains: text))
        case 0: balancer.name = text
        case 1: balancer.listen = ListenAddress(text)
        case 2: balancer.listen = .port(number)
        case 3: balancer.hosts = [text]
        case 4: balancer.target.cluster = text
        case 5: balancer.target.role = pick(Model.Target.Role.allCases, &random)
        case 6: balancer.check = Model.Check(.tcp, every: duration, timeout: duration, rise: number)
        case 7: balancer.timeouts.drain = duration
        default: balancer.maximumConnections = number
        }
    }

    private func pick<Value>(_ values: [Value], _ random: inout Generator) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), so that a failure comes again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
