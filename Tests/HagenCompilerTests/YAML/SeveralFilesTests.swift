import Hagen
import HagenCompiler
import Testing

@Suite("Topologies of several files")
struct SeveralFilesTests {
    @Test(
        "Broken files yield the diagnostics that were recorded, each in its own file, and no topology",
        arguments: try YAMLFixture.sets(in: "several"))
    func brokenFiles(_ fixture: YAMLFixture) throws {
        let set = try fixture.sourceSet()
        let reading = set.read()
        #expect(reading.topology == nil)
        #expect(!reading.diagnostics.isEmpty)
        for span in reading.diagnostics.flatMap(\.spans) {
            #expect(reading.sources.contains { $0.holds(span) }, "\(span)")
        }
        try Snapshot.expect(set.rendered(), matches: fixture.snapshot("txt"))
    }

    @Test("What is included is merged by name, lists are joined in order, and the model is that of one file")
    func included() throws {
        let whole = try YAMLFixture(folder: "good", name: "language").source
        let text = String(decoding: whole.bytes, as: UTF8.self)
        // Each key of the root, from its line to the next that is not indented.
        var parts: [[Substring]] = []
        for line in text.split(separator: "\n") {
            if line.first == "#" { continue }
            if line.first == " " { parts[parts.count - 1].append(line) } else { parts.append([line]) }
        }
        let root = parts.filter { $0[0].hasPrefix("apiVersion") || $0[0].hasPrefix("name") }
        let rest = parts.filter { !$0[0].hasPrefix("apiVersion") && !$0[0].hasPrefix("name") }
        #expect(rest.count > 4)
        let files = rest.enumerated().map { number, lines in
            Source(name: "parts/\(number).yaml", text: lines.joined(separator: "\n") + "\n")
        }
        let includes = files.map(\.name).joined(separator: ", ")
        let first = Source(
            name: "topology.yaml",
            text: root.map { $0.joined(separator: "\n") }.joined(separator: "\n") + "\ninclude: [\(includes)]\n")
        let reading = SourceSet([first] + files).read()
        #expect(reading.diagnostics == [])
        let topology = try #require(reading.topology)
        #expect(topology.model == YAMLFrontEnd.read(whole).topology?.model)
        #expect(reading.sources.map(\.name) == ["topology.yaml"] + files.map(\.name))
        #expect(reading.lowest == "topology.yaml")
        for span in topology.sources.spans.values {
            #expect(reading.sources.contains { $0.holds(span) }, "\(span)")
        }
    }

    @Test("Parts of one kind from several files stand in the order of the includes, a file after what it includes")
    func orderOfIncludes() throws {
        let set = SourceSet(
            """
            apiVersion: hagen/v1
            name: shop
            include: [b.yaml, a.yaml]
            hosts: {z: {address: 10.0.0.1/24, zone: z}}
            monitoring: {receivers: [{name: last, command: [x]}]}
            --- # a.yaml
            hosts: {a: {address: 10.0.0.2/24, zone: z}}
            --- # b.yaml
            include: [c.yaml, a.yaml]
            hosts: {b: {address: 10.0.0.3/24, zone: z}}
            monitoring: {receivers: [{name: second, command: [x]}]}
            --- # c.yaml
            hosts: {c: {address: 10.0.0.4/24, zone: z}}
            monitoring: {interval: 5s, receivers: [{name: first, command: [x]}]}
            """, first: "topology.yaml")
        let reading = set.read()
        #expect(reading.diagnostics == [])
        let topology = try #require(reading.topology)
        #expect(topology.model.hosts.map(\.name) == ["c", "a", "b", "z"])
        #expect(topology.model.monitoring.receivers.map(\.name) == ["first", "second", "last"])
        #expect(topology.model.monitoring.interval == .seconds(5))
        let hosts = ModelPath.root["hosts"]
        #expect(topology.sources.span(of: hosts[0]["address"])?.file == "c.yaml")
        #expect(topology.sources.span(of: hosts[3]["address"])?.file == "topology.yaml")
    }

    @Test("An environment changes what it says and nothing else; values point to the file that says them")
    func overlay() throws {
        let set = SourceSet(
            """
            base: staging.yaml
            name: shop-production
            clusters:
              api:
                members: [a1, b1, c1]
                minimumHealthy: 2
                workload: {process: {environment: {LEVEL: warning, TRACE: null}}}
              queue: {workload: {external: {endpoints: ["10.0.9.2:80"]}}, members: null}
            balancers: {web: {check: {tcp: true}}}
            coordination: {etcd: {hosts: [a1, b1, c1]}}
            --- # staging.yaml
            base: base/topology.yaml
            name: shop-staging
            hosts: {c1: {address: 10.0.0.13/24, zone: c}}
            clusters: {api: {minimumHealthy: 1}, old: null}
            --- # base/topology.yaml
            apiVersion: hagen/v1
            name: shop
            include: [hosts.yaml]
            coordination: embedded
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080, environment: {LEVEL: debug, TRACE: x, KEEP: y}}}
                members: [a1, b1]
              queue:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/queue], port: 9000}}
                members: [a1]
              old:
                kind: load-balancing
                workload: {external: {endpoints: ["10.0.9.1:80"]}}
            balancers:
              web: {on: [a1], protocol: http, listen: 80, to: api, check: {http: /ready, every: 2s}}
            --- # base/hosts.yaml
            hosts:
              a1: {address: 10.0.0.11/24, zone: a}
              b1: {address: 10.0.0.12/24, zone: b}
            """, first: "production.yaml")
        let reading = set.read()
        #expect(reading.diagnostics == [])
        let topology = try #require(reading.topology)
        let flat = YAMLFrontEnd.read(
            Source(
                name: "flat.yaml",
                text: """
                    apiVersion: hagen/v1
                    name: shop-production
                    coordination: {etcd: {hosts: [a1, b1, c1]}}
                    hosts:
                      a1: {address: 10.0.0.11/24, zone: a}
                      b1: {address: 10.0.0.12/24, zone: b}
                      c1: {address: 10.0.0.13/24, zone: c}
                    clusters:
                      api:
                        kind: load-balancing
                        workload: {process: {command: [/usr/bin/api], port: 8080, environment: {LEVEL: warning, KEEP: y}}}
                        members: [a1, b1, c1]
                        minimumHealthy: 2
                      queue:
                        kind: load-balancing
                        workload: {external: {endpoints: ["10.0.9.2:80"]}}
                    balancers:
                      web: {on: [a1], protocol: http, listen: 80, to: api, check: {tcp: true, every: 2s}}
                    """))
        #expect(topology.model == flat.topology?.model)
        #expect(
            reading.sources.map(\.name) == ["production.yaml", "staging.yaml", "base/topology.yaml", "base/hosts.yaml"])
        #expect(reading.lowest == "base/topology.yaml")
        func file(_ path: ModelPath) -> String? { topology.sources.span(of: path)?.file }
        let root = ModelPath.root
        #expect(file(root["name"]) == "production.yaml")
        #expect(file(root["hosts"][0]) == "base/hosts.yaml")
        #expect(file(root["hosts"][2]) == "staging.yaml")
        let api = root["clusters"][0]
        #expect(file(api) == "base/topology.yaml")
        #expect(file(api["minimumHealthy"]) == "production.yaml")
        #expect(file(api["members"][0]["host"]) == "production.yaml")
        #expect(file(api["workload"]["port"]) == "base/topology.yaml")
        #expect(file(api["workload"]["environment"]["LEVEL"]) == "production.yaml")
        #expect(file(root["balancers"][0]["check"]["every"]) == "base/topology.yaml")
    }

    @Test("Only explicit nulls take away; a key that was left without a value is a mistake")
    func emptyValueIsNoRemoval() {
        let base = "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a, capacity: 3}}\n"
        func read(_ text: String) -> YAMLReading {
            SourceSet([Source(name: "over.yaml", text: text), Source(name: "base.yaml", text: base)]).read()
        }
        #expect(read("base: base.yaml\nhosts: {a1: {capacity: null}}\n").topology?.model.hosts[0].capacity == nil)
        #expect(read("base: base.yaml\nhosts: {a1: {capacity: ~}}\n").diagnostics == [])
        #expect(read("base: base.yaml\nhosts: {a1: {capacity: }}\n").diagnostics.map(\.code.number) == [11])
        #expect(read("base: base.yaml\nhosts: {a1: {capacity: \"null\"}}\n").diagnostics.map(\.code.number) == [11])
        // What begins with 'x-' is the writer's own.
        #expect(read("base: base.yaml\nx-a: {b: null}\n").diagnostics == [])
        #expect(read("base: base.yaml\nhosts:\n").diagnostics.map(\.code.number) == [11])
    }

    @Test("Files, their depth, their bytes and their parts are bounded, all files together")
    func bounds() {
        let frame = "apiVersion: hagen/v1\nname: shop\nhosts: {a1: {address: 10.0.0.11/24, zone: a}}\n"
        func codes(_ sources: [Source], _ limits: YAMLLimits = YAMLLimits()) -> [Int] {
            SourceSet(sources).read(limits: limits).diagnostics.map(\.code.number)
        }
        func chain(_ length: Int, _ key: (String) -> String) -> [Source] {
            (0..<length).map { number in
                let next = number + 1 < length ? key("f\(number + 1).yaml") : ""
                return Source(name: "f\(number).yaml", text: (number == 0 ? frame : "x-a: 1\n") + next)
            }
        }
        #expect(codes(chain(16) { "include: [\($0)]\n" }) == [])
        #expect(codes(chain(17) { "include: [\($0)]\n" }) == [5])
        #expect(codes(chain(17) { "base: \($0)\n" }) == [5])
        func star(_ count: Int, _ text: String = "x-a: 1\n") -> [Source] {
            let names = (1..<count).map { "f\($0).yaml" }
            let first = Source(name: "f0.yaml", text: frame + "include: [\(names.joined(separator: ", "))]\n")
            return [first] + names.map { Source(name: $0, text: text) }
        }
        #expect(codes(star(256)) == [])
        #expect(Set(codes(star(258))) == [5])
        var limits = YAMLLimits()
        limits.documentBytes = 10_000
        #expect(codes(star(10, "# " + String(repeating: "x", count: 1200) + "\nx-a: 1\n"), limits).contains(5))
        #expect(!codes(star(5, "# " + String(repeating: "x", count: 1200) + "\nx-a: 1\n"), limits).contains(5))
        limits = YAMLLimits()
        limits.nodes = 100
        #expect(codes(star(3, "x-a: [\(String(repeating: "1, ", count: 20))]\n"), limits) == [])
        #expect(codes(star(9, "x-a: [\(String(repeating: "1, ", count: 20))]\n"), limits).contains(5))
    }

    @Test("A file is asked for once, by a name without '.' and '..', and never by an absolute one")
    func namesOfFiles() {
        var asked: [String] = []
        let set = SourceSet(
            """
            apiVersion: hagen/v1
            name: shop
            include: [./x/../a.yaml, x/y/../../a.yaml, ../shared//b.yaml, ../../c.yaml]
            --- # infra/a.yaml
            hosts: {a1: {address: 10.0.0.11/24, zone: a}}
            """, first: "infra/shop.yaml")
        let reading = YAMLFrontEnd.read("./infra/shop.yaml") { name in
            asked.append(name)
            return set.load(name)
        }
        #expect(asked == ["infra/shop.yaml", "infra/a.yaml", "shared/b.yaml", "../c.yaml"])
        #expect(reading.diagnostics.map(\.code.number) == [21, 21])
        #expect(reading.sources.map(\.name) == ["infra/shop.yaml", "infra/a.yaml"])
    }

    @Test("A topology that cannot be read at all is a finding without a place")
    func missingTopology() {
        let reading = YAMLFrontEnd.read("gone.yaml") { _ in .failure(UnavailableSource("is not there")) }
        #expect(reading.topology == nil)
        #expect(reading.diagnostics.map(\.message) == ["the file 'gone.yaml' is not there"])
        #expect(reading.diagnostics.first?.primary == nil)
        #expect(reading.sources == [])
    }
}
