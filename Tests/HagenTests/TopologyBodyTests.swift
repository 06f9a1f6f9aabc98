import Testing

@testable import Hagen

extension Zone {
    fileprivate static let a = Zone("a"), b = Zone("b")
}

extension Host {
    fileprivate static let one = Host("one", address: "127.0.0.21/8", zone: .a)
    fileprivate static let two = Host("two", address: "127.0.0.22/8", zone: .b)
}

extension Receiver {
    fileprivate static let oncall = Receiver("oncall", .webhook("http://127.0.0.1:9000/"))
}

/// Declarations become the model, whatever statements stand around them.
@Suite struct TopologyBodyTests {
    let queue = FailoverCluster(
        "queue", .activePassive,
        running: .process("bin/queue", "--fast", port: 9000, standby: .hot, restarts: .atMost(2, within: .minutes(1)))
    ) {
        for (index, host) in [Host.one, .two].enumerated() {
            if index == 0 {
                Member(host, priority: 200)
            } else {
                Member(host, candidate: false)
            }
        }
        Lease(.seconds(2), renewedEvery: .milliseconds(500), aggressive: true)
        Heartbeat(every: .milliseconds(100))
        Check.http("/ready", every: .seconds(1), status: [200], contains: "ok")
        Fencing(.itself)
        Fencing(.agent("fence_ipmilan", parameters: ["plug": "{host}"]))
        Hook(.activated, run: ["/usr/bin/logger", "up"], timeout: .seconds(2))
        MaintenanceWindow([.sunday], from: "03:00", for: .hours(2))
    }
    let api = LoadBalancingCluster("api", running: .process("bin/api", port: 8080)) {
        Member(.one, weight: 2)
        Member(.two)
    }

    /// What stands beside clusters and balancers reaches its place in the model, with its place in the source.
    @Test func routesAssumptionsAndAllowances() {
        let topology = Topology("t") {
            Route(["severity": "critical"], to: .oncall, continuing: true)
            Assumptions(
                host: .failing(every: .days(180), for: .hours(1)), maintenance: .every(.days(30), for: .minutes(15)))
            Allow("HG0107", because: "there is only one data centre")
        }
        let model = topology.model
        #expect(
            model.monitoring.routes
                == [Model.Route(match: ["severity": "critical"], receivers: ["oncall"], continue: true)])
        #expect(model.monitoring.receivers.map(\.name) == ["oncall"])
        #expect(
            model.assumptions
                == Model.Assumptions(
                    host: Model.Failures(meanTimeBetweenFailures: .days(180), meanTimeToRepair: .hours(1)),
                    maintenance: Model.PlannedWork(every: .days(30), duration: .minutes(15))))
        #expect(model.allowances == [Model.Allowance(code: "HG0107", reason: "there is only one data centre")])
        let root = ModelPath.root
        for path in [root["monitoring"]["routes"][0], root["assumptions"], root["allowances"][0]] {
            #expect(topology.sources.spans[path] != nil, "\(path)")
        }
        #expect(
            Topology("t") {
                Assumptions(); Assumptions()
            }.mistakes.count == 1)
    }

    @Test func clusterParts() {
        let model = Topology("t") { queue }.model.clusters[0]
        #expect(
            model
                == Model.Cluster(
                    name: "queue", kind: .activePassive,
                    workload: .process(
                        Model.ProcessWorkload(
                            command: ["bin/queue", "--fast"], port: 9000, standby: .hot,
                            restarts: Model.Restarts(limit: 2, window: .seconds(60)))),
                    members: [Model.Member(host: "one", priority: 200), Model.Member(host: "two", candidate: false)],
                    failover: Model.Failover(
                        lease: Model.Lease(duration: .seconds(2), renew: .milliseconds(500), aggressive: true),
                        heartbeat: .milliseconds(100),
                        check: Model.Check(.http(path: "/ready", status: [200], contains: "ok"), every: .seconds(1)),
                        fencing: [.itself, .agent(name: "fence_ipmilan", parameters: ["plug": "{host}"])]),
                    hooks: [
                        Model.Hook(event: .activated, command: ["/usr/bin/logger", "up"], timeout: .seconds(2))
                    ],
                    maintenance: Model.MaintenanceWindow(days: ["sunday"], start: "03:00", duration: .seconds(7200))))
    }

    /// The roles of every kind of cluster, and an affinity, as a balancer's target.
    @Test func targets() {
        let database = FailoverCluster("db", .activePassive, running: .mariaDB("10.11")) { Member(.one) }
        let galera = FailoverCluster("galera", .activeActive, running: .mariaDB("10.11", port: 3307)) {
            Member(.one)
            Replication(.multiPrimary, maximumLag: .mebibytes(1))
            VirtualIP("10.0.0.9", on: "eth0", prefers: .two)
        }
        let batch = ComputeCluster("batch", running: .slurm(partition: "night"), on: [.one])
        let legacy = LoadBalancingCluster("legacy", running: .external("10.0.9.1:80", "10.0.9.2:80"))
        let model = Topology("t") {
            TCPBalancer("a", on: [.one], listen: 1, to: queue.active)
            TCPBalancer("b", on: [.one], listen: 2, to: queue.standbys, affinity: .clientAddress)
            TCPBalancer("c", on: [.one], listen: 3, to: queue.members, strategy: .randomTwo)
            HTTPBalancer("d", on: [.one], listen: 4, to: queue.active, retries: 1)
            TCPBalancer("e", on: [.one], listen: 5, to: database.primary, check: .role())
            TCPBalancer("f", on: [.one], listen: 6, to: database.replicas)
            TCPBalancer("g", on: [.one], listen: 7, to: galera.members)
            HTTPBalancer("h", on: [.one], listen: 8, to: legacy.members, affinity: .cookie("SID"))
            TCPBalancer("i", on: [.one], listen: 9, to: batch.members, timeouts: Timeouts(connect: .seconds(2)))
            galera
            batch
            legacy
        }.model
        #expect(
            model.balancers.map { "\($0.target.cluster).\($0.target.role)" } == [
                "queue.active", "queue.standbys", "queue.members", "queue.active", "db.primary", "db.replicas",
                "galera.members", "legacy.members", "batch.members",
            ])
        #expect(model.balancers[1].affinity == .clientAddress)
        #expect(model.balancers[2].strategy == .randomTwo)
        #expect(model.balancers[3].retries == 1)
        #expect(model.balancers[4].check == Model.Check(.role))
        #expect(model.balancers[7].affinity == .cookie(name: "SID"))
        #expect(model.balancers[8].timeouts == Model.Timeouts(connect: .seconds(2)))
        #expect(model.clusters.map(\.kind) == [.activeActive, .compute, .loadBalancing])
        #expect(model.clusters[0].replication?.style == .multiPrimary)
        #expect(
            model.clusters[0].virtualIPs == [Model.VirtualIP(address: "10.0.0.9", interface: "eth0", prefers: "two")])
        #expect(model.clusters[1].workload == .slurm(partition: "night"))
        #expect(model.clusters[2].workload == .external(endpoints: ["10.0.9.1:80", "10.0.9.2:80"]))
        #expect(model.clusters[2].members == [])
        // A host that only an address prefers is in the topology too.
        #expect(model.hosts.map(\.name) == ["one", "two"])
    }

    @TopologyBuilder
    func traffic(encrypted: Bool) -> [Component] {
        let edge: [Host] = [.one, .two]
        for port in [80, 81] {
            HTTPBalancer("web-\(port)", on: edge, listen: .port(port), to: api.members)
        }
        if encrypted {
            HTTPBalancer("secure", on: edge, listen: 443, tls: .credential("pem"), to: api.members)
        }
        switch edge.count {
        case 2: TCPBalancer("two", on: edge, listen: 90, to: api.members)
        default: TCPBalancer("many", on: edge, listen: 91, to: api.members)
        }
    }

    @Test(arguments: [(true, ["web-80", "web-81", "secure", "two"]), (false, ["web-80", "web-81", "two"])])
    func statements(encrypted: Bool, names: [String]) {
        #expect(Topology("t") { traffic(encrypted: encrypted) }.model.balancers.map(\.name) == names)
    }

    /// Hosts and receivers come in order of first use, once each; two that differ under one name stay two.
    @Test func collected() {
        let line = #line + 1
        let impostor = Host("one", address: "127.0.0.99/8", zone: .b)
        let topology = Topology("t", coordination: .etcd(on: [.two])) {
            Monitoring(every: .seconds(5))
            api
            LoadBalancingCluster("other", running: .systemd("other.service"), on: [impostor, .two])
            Alert("a", when: .memory >= .percent(90), severity: .critical, labels: ["team": "web"], notify: .oncall)
            Alert(
                "b", expression: "up == 0", keepFiringFor: .minutes(1), notify: .oncall,
                Receiver("mail", .email(to: "a@b")))
        }
        let model = topology.model
        #expect(model.coordination == .etcd(hosts: ["two"], tls: false))
        #expect(Coordination.etcd(on: [.two], tls: true).model == .etcd(hosts: ["two"], tls: true))
        #expect(model.hosts.map(\.name) == ["two", "one", "one"])
        #expect(model.hosts[2].address == "127.0.0.99/8")
        #expect(model.monitoring.interval == .seconds(5))
        #expect(model.monitoring.receivers.map(\.name) == ["oncall", "mail"])
        #expect(model.monitoring.alerts.map(\.receivers) == [["oncall"], ["oncall", "mail"]])
        #expect(model.monitoring.alerts[0].labels == ["severity": "critical", "team": "web"])
        #expect(model.monitoring.alerts[1].labels == [:])
        #expect(topology.sources.span(of: .root["hosts"][2])?.start.line == line)
    }

    /// A cluster that is used but not listed is missing from the model; the balancer's place is known.
    @Test func unlisted() {
        let line = #line + 1
        let topology = Topology("t") { TCPBalancer("a", on: [.one], listen: 1, to: queue.active) }
        #expect(topology.model.clusters == [])
        #expect(topology.sources.span(of: .root["balancers"][0]["target"]["cluster"])?.start.line == line)
    }

    /// Braces that say a thing twice are reported where they say it the second time.
    @Test func saidTwice() {
        let line = #line + 3
        let cluster = FailoverCluster("x", .activePassive, running: .process("bin/x")) {
            Member(.one)
            Lease(.seconds(1), renewedEvery: .milliseconds(250))
            Lease(.seconds(2), renewedEvery: .milliseconds(250))
        }
        let topology = Topology("t") {
            cluster
            Monitoring(every: .seconds(1))
            Monitoring(every: .seconds(2))
        }
        #expect(
            topology.mistakes.map(\.message) == [
                "a second 'Lease' in the cluster 'x', which has room for one",
                "a second 'Monitoring': a topology has one",
            ])
        #expect(topology.mistakes.map(\.span.start.line) == [line + 1, line + 6])
        #expect(
            topology.mistakes[0].description.hasSuffix(".swift:\(line + 1):18: error: \(topology.mistakes[0].message)"))
        #expect(topology.model.clusters[0].failover.lease?.duration == .seconds(1))
    }
}
