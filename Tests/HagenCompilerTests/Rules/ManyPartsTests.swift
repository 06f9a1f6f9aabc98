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

    /// Goal: where every reference of 20,000 is wrong, the report is as long as anybody reads and says what it leaves out,
    /// and no reference is compared with every name.
    @Test func everyReferenceIsWrong() throws {
        var model = Self.topology(hosts: 10_000, clusters: 2)
        for cluster in model.clusters.indices {
            for member in model.clusters[cluster].members.indices {
                model.clusters[cluster].members[member].host += "x"
            }
        }
        let start = ProcessorTime.ofThisThread
        let findings = Compiler.check(Topology(model: model, sources: SourceMap()), placement: .declared)
        #expect(ProcessorTime.ofThisThread - start < .seconds(120))
        let unknown = findings.filter { $0.code == DiagnosticCode(102) }
        #expect(unknown.count == Compiler.findingsPerRule)
        #expect(unknown.contains { $0.notes.contains("19900 more findings of HG0102 are not shown") })
        #expect(unknown.allSatisfy { $0.primary == nil && $0.message.utf8.count < 2100 })
    }

    /// Goal: a name as long as a file does not make a message as long as a file.
    @Test func endlessName() throws {
        var model = Self.topology(hosts: 3, clusters: 1)
        model.clusters[0].name = String(repeating: "ü", count: 1_000_000)
        model.clusters[0].members[0].host = "nobody"
        let report = DiagnosticReport(
            Compiler.check(Topology(model: model, sources: SourceMap()), placement: .declared))
        #expect(report.diagnostics.hasErrors)
        #expect(try report.json().utf8.count < 100_000)
        #expect(HumanRenderer(sources: []).render(report).contains("…"))
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
