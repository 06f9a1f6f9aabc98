import Hagen
import HagenCompiler
import Testing

/// Goal: a large topology is judged and lowered in a time that grows with its size, and no faster.
struct ManyPartsTests {
    /// Goal: 1,000 hosts, each in each of 100 clusters, with 100 balancers on 10 hosts each; the figures are printed.
    @Test func thousandHosts() {
        let topology = Topology(model: Self.topology(hosts: 1_000, clusters: 100), sources: SourceMap())
        let clock = ContinuousClock()
        var findings: [Diagnostic] = []
        let checked = clock.measure { findings = Compiler.check(topology, placement: .declared) }
        print("1,000 hosts, 100 clusters, 100 balancers: checked in \(checked.text)")
        #expect(!findings.hasErrors, "\(findings.prefix(3))")
        #expect(checked < .seconds(60))
    }

    private static func topology(hosts: Int, clusters: Int) -> Model.Topology {
        let names = (0..<hosts).map { "host\($0)" }
        return Model.Topology(
            name: "large",
            hosts: names.enumerated().map { index, name in
                Model.Host(name: name, address: "127.0.\(index / 200).\(index % 200 + 1)/8", zone: "z\(index % 3)")
            },
            clusters: (0..<clusters).map { number in
                Model.Cluster(
                    name: "cluster\(number)", kind: .loadBalancing,
                    workload: SampleTopologies.process(["/usr/bin/x"], port: 10_000 + number),
                    members: names.map { Model.Member(host: $0) })
            },
            balancers: (0..<clusters).map { number in
                Model.Balancer(
                    name: "balancer\(number)", hosts: Array(names.dropFirst(number).prefix(10)), wireProtocol: .tcp,
                    listen: .port(20_000 + number), target: Model.Target(cluster: "cluster\(number)"),
                    check: Model.Check(.tcp))
            })
    }
}
