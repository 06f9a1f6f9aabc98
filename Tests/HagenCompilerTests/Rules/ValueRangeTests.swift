import Foundation
import Hagen
import HagenCompiler
import HagenRuntime
import Testing

/// Goal: a value that an engine refuses, or that names what is Hagen's own, is found before anything runs.
struct ValueRangeTests {
    private typealias Change = @Sendable (inout Model.Topology) -> Void

    /// Each is one change of a topology without a fault, and a part of the message that it must give.
    private static let changes: [(what: String, code: Int, message: String, change: Change)] = [
        ("monitor interval", 120, "too long", { $0.monitoring.interval = .seconds(86_401) }),
        (
            "lease", 120, "too long",
            { $0.clusters[1].failover.lease = Model.Lease(duration: .seconds(3601), renew: .seconds(60)) }
        ),
        ("connections", 113, "1 to 1000000", { $0.balancers[0].maximumConnections = 1_000_001 }),
        (
            "check without port", 122, "no port",
            { $0.clusters[1].workload = SampleTopologies.process(["/bin/x"], port: nil) }
        ),
        (
            "endpoint twice", 101, "twice",
            { $0.clusters[2].workload = .external(endpoints: ["[::1]:80", "[0::1]:80"]) }
        ),
        ("label", 113, "letters, digits", { $0.monitoring.alerts[0].labels = ["a-b": "c"] }),
        ("reserved label", 113, "monitor sets", { $0.monitoring.alerts[0].labels = ["alertname": "c"] }),
        (
            "webhook", 113, "http://HOST",
            { $0.monitoring.receivers[0].channel = .webhook(url: .plain("http://:80")) }
        ),
        ("receiver twice", 101, "twice", { $0.monitoring.alerts[0].receivers = ["oncall", "oncall"] }),
        (
            "129 leases", 113, "up to 128",
            { topology in
                topology.clusters += (0..<128).map { number in
                    Model.Cluster(
                        name: "c\(number)", kind: .activePassive,
                        workload: SampleTopologies.process(["/bin/x"], port: nil),
                        members: [Model.Member(host: "a1"), Model.Member(host: "b1")])
                }
            }
        ),
        ("foreign listener", 123, "no address of host", { $0.balancers[0].listen = "10.99.1.1:82" }),
        ("unspecified host", 113, "one computer", { $0.hosts[0].address = "0.0.0.0/0" }),
        ("unspecified IPv6 host", 113, "one computer", { $0.hosts[0].address = "::/0" }),
        ("multicast host", 113, "one computer", { $0.hosts[0].address = "224.0.0.1/24" }),
        ("path with a space", 113, "visible ASCII", { $0.balancers[0].check = check("/a b") }),
        ("path with a letter", 113, "visible ASCII", { $0.balancers[0].check = check("/ä") }),
        ("path without a slash", 113, "visible ASCII", { $0.balancers[0].check = check("ready") }),
        ("host of the lab's store", 113, "lab's store", { $0.hosts[0].name = "coordinator" }),
        ("the agent's socket", 113, "agent's socket", { $0.clusters[0].name = "control" }),
        ("Hagen's variable", 113, "HAGEN_", { $0.clusters[0].workload = process(["HAGEN_ROLE": "active"]) }),
        ("name of a variable", 113, "letters, digits", { $0.clusters[0].workload = process(["1A": "x"]) }),
        (
            "no weight", 126, "weight 0",
            { topology in for index in 0..<3 { topology.clusters[0].members[index].weight = 0 } }
        ),
        ("one member", 124, "nobody takes over", { $0.clusters[1].members = [Model.Member(host: "a1")] }),
    ]

    private static func check(_ path: String) -> Model.Check {
        Model.Check(.http(path: path, status: [], contains: nil))
    }

    private static func process(_ environment: [String: String]) -> Model.Workload {
        .process(Model.ProcessWorkload(command: ["/bin/x"], port: 8080, environment: environment))
    }

    @Test(arguments: changes.map(\.what)) func isFound(what: String) throws {
        let change = try #require(Self.changes.first { $0.what == what })
        var topology = SampleTopologies.shop
        #expect(Compiler.check(Topology(model: topology, sources: SourceMap()), placement: .declared) == [])
        change.change(&topology)
        let found = Compiler.check(Topology(model: topology, sources: SourceMap()), placement: .declared)
        #expect(
            found.contains { $0.code == DiagnosticCode(change.code) && $0.message.contains(change.message) }, "\(found)"
        )
    }

    /// Goal: a range ends where it says: its last values compile, and no engine has a word against them.
    @Test func lastValuesAreTaken() throws {
        var topology = SampleTopologies.shop
        topology.monitoring.interval = Model.Monitoring.intervals.upperBound
        topology.clusters[1].failover.lease = Model.Lease(
            duration: Model.Lease.durations.upperBound, renew: .seconds(900))
        // Nobody waits through a failover of an hour, or for the second look of a monitor that looks once a day.
        topology.balancers[1].timeouts.queue = .zero
        topology.monitoring.alerts[0].hold = .zero
        topology.clusters[1].failover.check?.every = Model.Check.intervals.lowerBound
        topology.balancers[0].maximumConnections = Model.Balancer.connectionCounts.upperBound
        topology.balancers[0].retries = Model.Balancer.retryCounts.upperBound
        topology.monitoring.alerts[0].labels = ["_team1": "x"]
        topology.clusters += (0..<127).map { number in
            Model.Cluster(
                name: "c\(number)", kind: .activePassive, workload: SampleTopologies.process(["/bin/x"], port: nil),
                members: [Model.Member(host: "a1"), Model.Member(host: "b1")])
        }
        let (release, found) = Compiler.compile(
            Topology(model: topology, sources: SourceMap()), placement: .declared)
        #expect(found == [])
        #expect(HostileTopologyTests.faults(try #require(release)) == [])
    }

    /// Goal: a negative time that a topology in Swift says arrives as JSON, and is a finding and not a failure to read.
    @Test func negativeTimesArriveAsJSON() throws {
        var topology = SampleTopologies.shop
        topology.balancers[0].timeouts.connect = .seconds(-3)
        let data = try JSONEncoder().encode(topology)
        let read = try JSONDecoder().decode(Model.Topology.self, from: data)
        #expect(read == topology)
        let found = Compiler.check(Topology(model: read, sources: SourceMap()), placement: .declared)
        #expect(found.map(\.code) == [DiagnosticCode(113)])
        #expect(found.first?.message.contains("-3s") == true)
        #expect(Duration(text: "-3s") == nil, "as text it is refused where it is written")
    }

    /// Goal: what a webhook's address may be.
    @Test func webAddresses() {
        for text in [
            "http://h", "https://alerts.example.com/hagen?x=1", "HTTP://10.0.0.9:65535/", "http://[fd00::1]:80/a",
            "https://user:word@h/",
        ] { #expect(WebAddress.isValid(text), "\(text)") }
        for text in [
            "", "h", "ftp://h", "http://", "http://:80", "http:///a", "http://h:0", "http://h:65536", "http://h:/",
            "http://h /", "http://h/ä", "http://[fd00::1", "http://[1.2.3.4]/", "http://a@:80", "http://h\n",
        ] { #expect(!WebAddress.isValid(text), "\(text)") }
    }
}
