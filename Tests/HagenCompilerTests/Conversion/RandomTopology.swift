import Hagen

/// Topologies that use the whole vocabulary of the language, each part at random; the same seed makes the same one. Most
/// would not compile to a release: only their form is right.
struct RandomTopology {
    private var random: SeededGenerator
    /// Only what the types of Swift accept.
    private let isForSwift: Bool
    /// Begins the names of hosts, zones and receivers, so that several topologies can stand in one program.
    private let prefix: String
    private var hosts: [String] = []
    private var receivers: [String] = []

    static func model(seed: UInt64, isForSwift: Bool = false, prefix: String = "", parts: Int = 6) -> Model.Topology {
        var maker = RandomTopology(random: SeededGenerator(seed: seed), isForSwift: isForSwift, prefix: prefix)
        return maker.topology(parts)
    }

    private init(random: SeededGenerator, isForSwift: Bool, prefix: String) {
        self.random = random
        self.isForSwift = isForSwift
        self.prefix = prefix
    }

    // MARK: Choices

    private mutating func chance(_ part: Int = 2) -> Bool { Int.random(in: 0..<part, using: &random) == 0 }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func one<Element>(_ list: [Element]) -> Element { list[number(0...(list.count - 1))] }
    private mutating func maybe<Value>(_ value: (inout Self) -> Value) -> Value? { chance() ? value(&self) : nil }
    private mutating func several<Value>(_ range: ClosedRange<Int>, _ value: (inout Self, Int) -> Value) -> [Value] {
        let count = number(range)
        var values: [Value] = []
        for index in 0..<count { values.append(value(&self, index)) }
        return values
    }
    private mutating func some<Element>(of list: [Element], atLeast minimum: Int = 1) -> [Element] {
        Array(list.shuffled(using: &random).prefix(number(minimum...max(minimum, min(4, list.count)))))
    }

    /// Texts that a careless writer would turn into something else, in YAML or in Swift.
    private static let texts = [
        "a", "no", "yes", "true", "null", "~", "5", "007", "0x1F", "1e3", "12:30", "2026-01-01", " a", "a ", "a: b",
        "a #b", "#a", "- a", "-", "---", "? a", "!a", "&a", "*a", "|", ">", "@a", "`a", "%a", "'", "\"", "\\", "\\(a)",
        "a\"#b", "\\#(a)", "[a]", "{a}", "a,b", "a]", "{{ $value }}", "two\nlines", "ends\n", "\n", "\t", "a\rb",
        "\u{0}", "\u{85}", "\u{A0}", "é", "日本", "😀", "\u{2028}", "\u{FEFF}a", "\u{202E}", "e\u{301}", "$HOME", "\"\"\"",
        "rate(http_requests_total{code=~\"5..\",job=\"api\"}[5m]) / 3 > 0.05", "a rather long text " + "that goes on",
        String(repeating: "long words ", count: 14) + "end",
    ]
    private mutating func text() -> String { one(Self.texts) }
    private mutating func argument() -> String { chance(8) ? "" : text() }
    private mutating func texts() -> [String: String] {
        var texts: [String: String] = [:]
        for _ in 0..<number(0...3) { texts[text()] = argument() }
        return texts
    }
    private mutating func command() -> [String] {
        [one(["/usr/bin/api", "bin/api", "python3"])] + several(0...3) { maker, _ in maker.argument() }
    }
    private mutating func port() -> Int { number(1...65535) }
    private mutating func duration() -> Duration {
        switch number(0...3) {
        case 0: .nanoseconds(Int64(number(1...1_000_000_000)))
        case 1: .milliseconds(number(1...100_000))
        case 2: .seconds(number(1...1_000_000))
        default: .seconds(86_400 * number(1...3650))
        }
    }
    private mutating func durationOrZero() -> Duration { chance(4) ? .zero : duration() }
    private mutating func host() -> String { one(hosts) }
    private mutating func address() -> String {
        chance() ? "10.0.\(number(0...255)).\(number(1...254))" : "2001:db8::\(String(number(1...65535), radix: 16))"
    }

    // MARK: The parts

    private mutating func topology(_ parts: Int) -> Model.Topology {
        let names = ["a1", "b1", "C1", "host-1", "1a", "default", "db_2.example.com", "self", "host.1", "x"]
        hosts = names.prefix(number(3...names.count)).map { prefix + $0 }
        receivers = ["oncall", "on-call", "case", "2nd"].prefix(number(1...4)).map { prefix + $0 }
        var model = Model.Topology(name: prefix + one(["shop", "alert", "5", "my-shop", "string"]))
        let clusterNames = [
            "orders", "api", "Orders", "alerts", "traffic", "class", "1st", "topology", "db-main", "a_b",
        ]
        model.clusters = several(1...parts) { maker, index in
            maker.cluster(clusterNames[index % 10] + (index < 10 ? "" : "\(index)"))
        }
        model.balancers = several(0...parts) { maker, index in maker.balancer("web\(index)", to: model.clusters) }
        model.monitoring = monitoring(parts)
        model.objectives = several(0...parts) { maker, index in
            Model.Objective(
                name: "objective\(index)", cluster: maker.one(model.clusters).name,
                availability: maker.maybe { Ratio(percent: $0.one([99.99, 99.9, 50, 100, 0, 99.999_999, 33.3])) },
                window: maker.maybe { $0.duration() }, recoveryTime: maker.maybe { $0.durationOrZero() },
                recoveryPoint: maker.maybe { $0.durationOrZero() })
        }
        model.assumptions = maybe { maker in
            Model.Assumptions(
                host: maker.maybe { $0.failures() }, zone: maker.maybe { $0.failures() },
                workload: maker.maybe { $0.failures() },
                maintenance: maker.maybe { Model.PlannedWork(every: $0.duration(), duration: $0.duration()) })
        }
        model.allowances = several(0...2) { maker, index in
            Model.Allowance(code: "HG010\(index)", reason: maker.text())
        }
        if chance() {
            let names = some(of: hosts)
            model.coordination = .etcd(hosts: names, tls: names.count % 2 == 0)
        }
        model.hosts = hosts.map { host($0) }
        if isForSwift { model.leaveOutWhatIsUnused() }
        return model
    }

    private mutating func failures() -> Model.Failures {
        Model.Failures(meanTimeBetweenFailures: duration(), meanTimeToRepair: duration())
    }

    private mutating func host(_ name: String) -> Model.Host {
        Model.Host(
            name: name, address: chance() ? "10.0.0.\(number(1...254))/24" : "2001:db8::\(number(1...99))/64",
            zone: prefix + text(), labels: texts(),
            ssh: maybe { maker in Model.SSH(user: maker.maybe { $0.text() }, port: maker.maybe { $0.port() }) },
            capacity: maybe { $0.number(1...1000) }, witness: chance(5))
    }

    private mutating func cluster(_ name: String) -> Model.Cluster {
        var cluster = Model.Cluster(name: name, kind: one(Model.Cluster.Kind.allCases), workload: workload())
        cluster.members = some(of: hosts).map { host in
            Model.Member(
                host: host, priority: maybe { $0.number(0...1000) }, weight: maybe { $0.number(0...256) },
                candidate: !chance(4))
        }
        if chance() { cluster.members = some(of: hosts).map { Model.Member(host: $0) } }
        if case .external = cluster.workload, chance() { cluster.members = [] }
        cluster.minimumHealthy = maybe { $0.number(1...9) }
        cluster.maintenance = maybe { maker in
            Model.MaintenanceWindow(
                days: maker.chance() ? [] : maker.some(of: ["monday", "tuesday", "sunday"]),
                start: maker.one(["02:00", "23:59", "12:30"]), duration: maker.duration())
        }
        guard !isForSwift || cluster.kind == .activePassive || cluster.kind == .activeActive else { return cluster }
        cluster.replication = maybe { $0.replication() }
        if isForSwift { cluster.keepReplicationThatSwiftHas() }
        cluster.failover = Model.Failover(
            lease: maybe { Model.Lease(duration: $0.duration(), renew: $0.duration(), aggressive: $0.chance()) },
            heartbeat: maybe { $0.duration() }, check: maybe { $0.check() },
            fencing: several(0...3) { maker, _ in maker.fencing() })
        cluster.virtualIPs = several(0...2) { $0.virtualIP(cluster.kind == .activeActive, $1) }
        cluster.hooks = several(0...2) { maker, _ in
            Model.Hook(
                event: maker.one(Model.Hook.Event.allCases), command: maker.command(),
                timeout: maker.maybe { $0.duration() })
        }
        return cluster
    }

    private mutating func virtualIP(_ mayPrefer: Bool, _ index: Int) -> Model.VirtualIP {
        Model.VirtualIP(
            address: address(), interface: one(["eth0", "bond0.7", "12", "veth-a_b", "true"]),
            prefers: chance() && (mayPrefer || !isForSwift) ? host() : nil)
    }

    private mutating func replication() -> Model.Replication {
        Model.Replication(
            mode: one(Model.Replication.Mode.allCases), style: one(Model.Replication.Style.allCases),
            acknowledgements: maybe { $0.number(1...100) },
            maximumLag: maybe { ByteCount(bytes: Int64($0.one([0, 1, 1000, 16 << 20, 10_000_000_000, 3 << 40]))) },
            onDegraded: maybe { $0.one(Model.Replication.Degraded.allCases) })
    }

    private mutating func fencing() -> Model.Fencing {
        switch number(0...2) {
        case 0: .itself
        case 1: .watchdog(device: "/dev/watchdog")
        default: .agent(name: one(["fence_ipmilan", "fence_x-1"]), parameters: texts())
        }
    }

    private mutating func workload() -> Model.Workload {
        switch number(0...9) {
        case 0, 1:
            .process(
                Model.ProcessWorkload(
                    command: command(), port: maybe { $0.port() }, environment: texts(), user: maybe { $0.text() },
                    standby: maybe { $0.one(Model.ProcessWorkload.Standby.allCases) },
                    restarts: maybe { Model.Restarts(limit: $0.number(0...100), window: $0.duration()) },
                    stopTimeout: maybe { $0.durationOrZero() }, startTime: maybe { $0.duration() }))
        case 2:
            .systemd(
                unit: one(["api", "api@1.service", "a.b.service"]), port: maybe { $0.port() },
                stopTimeout: maybe { DurationText(wrappedValue: $0.durationOrZero()) })
        case 3: .postgreSQL(version: number(9...99), port: maybe { $0.port() })
        case 4: .mariaDB(version: one(["10.11", "11"]), port: maybe { $0.port() })
        case 5: .redis(version: maybe { $0.one(["7", "7.0"]) }, port: maybe { $0.port() })
        case 6: .mongoDB(version: maybe { $0.text() }, port: maybe { $0.port() })
        case 7: .slurm(partition: maybe { $0.text() })
        case 8:
            .ocf(
                agent: one(["ocf:heartbeat:Filesystem", "ocf:own:x_1"]), parameters: texts(), port: maybe { $0.port() },
                stopTimeout: maybe { DurationText(wrappedValue: $0.durationOrZero()) })
        default: .external(endpoints: several(1...3) { maker, _ in "10.0.9.\(maker.number(1...9)):\(maker.port())" })
        }
    }

    private mutating func check() -> Model.Check {
        let kind: Model.Check.Kind =
            switch number(0...4) {
            case 0: .tcp
            case 1: .role
            case 2: .command(command())
            case 3: .nagios(command())
            default:
                .http(
                    path: one(["/", "/ready?a=b#c"]), status: several(0...3) { maker, _ in maker.number(100...599) },
                    contains: maybe { $0.text() })
            }
        return Model.Check(
            kind, every: maybe { $0.duration() }, timeout: maybe { $0.duration() }, rise: maybe { $0.number(1...1000) },
            fall: maybe { $0.number(1...1000) })
    }

    private mutating func balancer(_ name: String, to clusters: [Model.Cluster]) -> Model.Balancer {
        let cluster = one(clusters)
        var balancer = Model.Balancer(
            name: name, hosts: some(of: hosts), wireProtocol: one([.tcp, .http]),
            listen: chance() ? .port(port()) : ListenAddress("10.0.0.1:\(port())"),
            tls: maybe { _ in Credential(name: "web-pem") },
            target: Model.Target(cluster: cluster.name, role: one(Model.Target.Role.allCases)),
            strategy: maybe { $0.one(Model.Balancer.Strategy.allCases) },
            affinity: maybe { $0.chance() ? .clientAddress : .cookie(name: "backend") }, check: maybe { $0.check() },
            retries: maybe { $0.number(0...10) }, maximumConnections: maybe { $0.number(1...1_000_000) },
            virtualIPs: several(0...2) { $0.virtualIP(false, $1) },
            proxyProtocol: maybe { Model.ProxyProtocol(accept: $0.chance(), send: $0.chance()) })
        if chance() {
            balancer.timeouts = Model.Timeouts(
                connect: maybe { $0.duration() }, request: maybe { $0.duration() }, response: maybe { $0.duration() },
                idle: maybe { $0.duration() }, queue: maybe { $0.durationOrZero() },
                drain: maybe { $0.durationOrZero() })
        }
        if isForSwift { balancer.keepWhatSwiftHas(for: cluster, one([true, false])) }
        return balancer
    }

    private mutating func monitoring(_ parts: Int) -> Model.Monitoring {
        var monitoring = Model.Monitoring(interval: maybe { $0.duration() })
        monitoring.alerts = several(0...parts) { maker, _ in
            var labels = maker.texts()
            if maker.chance() { labels["severity"] = maker.one(["info", "warning", "critical", "page"]) }
            return Model.Alert(
                name: maker.text(), expression: maker.text(), hold: maker.maybe { $0.durationOrZero() },
                keepFiring: maker.maybe { $0.durationOrZero() }, labels: labels, annotations: maker.texts(),
                receivers: maker.chance() ? [] : maker.some(of: maker.receivers))
        }
        monitoring.routes = several(0...3) { maker, _ in
            Model.Route(match: maker.texts(), receivers: maker.some(of: maker.receivers), continue: maker.chance())
        }
        monitoring.receivers = receivers.map { name in
            let channel: Model.Receiver.Channel =
                switch number(0...3) {
                case 0: .webhook(url: .plain("https://example.com/?a=b&c={d}"))
                case 1: .webhook(url: .credential(Credential(name: "oncall-url")))
                case 2: .email(to: text())
                default: .command(command())
                }
            return Model.Receiver(name: name, channel: channel)
        }
        return monitoring
    }
}

// MARK: - What the types of Swift accept

extension Model.Cluster {
    fileprivate var isDatabase: Bool { ["postgresql", "mariadb", "redis", "mongodb"].contains(workload.kind) }

    fileprivate mutating func keepReplicationThatSwiftHas() {
        guard let lag = replication?.maximumLag ?? .some(ByteCount(bytes: 5)), var kept = replication else { return }
        if kind == .activePassive, isDatabase {
            kept.style = .primaryReplica
            if kept.mode == .asynchronous {
                kept = Model.Replication(mode: .asynchronous, maximumLag: kept.maximumLag)
            } else if kept.acknowledgements == nil {
                kept.acknowledgements = 1
            }
            replication = kept
        } else if kind == .activeActive, workload.kind == "mariadb" {
            replication = Model.Replication(mode: .synchronous, style: .multiPrimary, maximumLag: lag)
        } else {
            replication = nil
        }
    }
}

extension Model.Balancer {
    fileprivate mutating func keepWhatSwiftHas(for cluster: Model.Cluster, _ isFirst: Bool) {
        let isApplication = ["process", "systemd", "ocf", "external"].contains(cluster.workload.kind)
        if !isApplication { wireProtocol = .tcp }
        target.role = .members
        if cluster.kind == .activePassive, cluster.isDatabase { target.role = isFirst ? .primary : .replicas }
        if cluster.kind == .activePassive, isApplication { target.role = isFirst ? .active : .standbys }
        if target.role == .active || target.role == .primary { (strategy, affinity) = (nil, nil) }
        if wireProtocol == .tcp, case .cookie = affinity { affinity = .clientAddress }
    }
}

extension Model.Topology {
    /// Swift collects hosts and receivers by their uses.
    fileprivate mutating func leaveOutWhatIsUnused() {
        var used = Set(clusters.flatMap { $0.members.map(\.host) + $0.virtualIPs.compactMap(\.prefers) })
        used.formUnion(balancers.flatMap(\.hosts))
        if case .etcd(let names, _) = coordination { used.formUnion(names) }
        hosts.removeAll { !used.contains($0.name) }
        let told = Set(monitoring.alerts.flatMap(\.receivers) + monitoring.routes.flatMap(\.receivers))
        monitoring.receivers.removeAll { !told.contains($0.name) }
    }
}
