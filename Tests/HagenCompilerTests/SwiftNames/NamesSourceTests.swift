import Foundation
import Hagen
import Testing

@testable import HagenCompiler

/// Goal: what an application says of a topology compiles for every name that a topology may have, and means that part.
@Suite(.timeLimit(.minutes(5))) struct NamesSourceTests {
    /// Legal names that Swift has its own mind about: keywords, digits first, names that become the same, names of the
    /// source itself and of types that it mentions.
    private static let hostileNames = [
        "default", "class", "func", "in", "where", "init", "self", "Self", "Type", "Protocol", "Any", "as", "true",
        "nil",
        "actor", "await", "some", "get", "set", "willSet", "subscript", "deinit", "super", "Optional", "String", "Int",
        "Swift", "Hosts", "Balancers", "topologyName", "releaseJSON", "HagenTopology", "Hosts_", "self_", "init-",
        "a-b",
        "a_b", "aB", "a--b", "a-b-", "ab", "0", "1a", "1-a", "10-0-0-1", "1-2-3", "12-3", "n1-2", "n-1-2", "n12",
        "n_1_2",
        "name", "hosts", "port", "members", "active", "Shop", "primary", "orders-rw", "HTTP", "http",
        "_".appending("x")
            .replacing("_", with: "x_"), String(repeating: "l", count: 63),
    ]

    /// Goal: each name in Swift stands for the part that has the name, and for no other.
    @Test func hostileNames() async throws {
        let names = Self.hostileNames
        #expect(Set(names).count == names.count)
        for name in names { #expect(TextForm.name.accepts(name), "\(name)") }
        let hosts = names.enumerated().map { index, name in
            Model.Host(name: name, address: "10.0.0.\(index + 1)/24", zone: "a \"zone\"\\ \u{2028}\u{202E}\n#\\(0)")
        }
        let clusters = names.enumerated().map { index, name in
            Model.Cluster(
                name: name, kind: .activePassive, workload: .process(.init(command: ["/bin/x"], port: 7000 + index)),
                members: [.init(host: name)])
        }
        let balancers = names.enumerated().map { index, name in
            Model.Balancer(
                name: name, hosts: [name], wireProtocol: .tcp, listen: .port(8000 + index),
                target: .init(cluster: name, role: .active))
        }
        let topology = Model.Topology(
            name: "shop", hosts: hosts + [Model.Host(name: "a.b.example", address: "::1/128", zone: "z")],
            clusters: clusters, balancers: balancers)
        let source = NamesSource(topology, settings: SwiftSettings())
        let taken: Set<String> = [
            "Hosts", "Balancers", "topologyName", "releaseJSON", "String", "Int", "HagenTopology",
        ]
        let clusterNames = SwiftName.names(for: names, taken: taken)
        let otherNames = SwiftName.names(for: topology.hosts.map(\.name), taken: ["HagenTopology"])
        let expected = names.enumerated().map { index, name in
            "\(name) \(name) \(name) 10.0.0.\(index + 1):\(8000 + index) \(7000 + index)"
        }
        let statements = names.map { name in
            let (cluster, other) = (clusterNames[name]!, otherNames[name]!)
            return """
                print(Shop.\(cluster).name, Shop.Hosts.\(other).name, Shop.Balancers.\(other).name,
                    Shop.\(cluster).active.addresses()[0], Shop.\(cluster).port)
                """
        }
        let release = Release(name: "shop", placement: .declared, topology: topology, hosts: [])
        let output = try await SwiftProgram.run([
            "HagenTopology.swift": SharedSource.text(access: .internal),
            "shop.hagen.swift": source.text(file: "shop\n.hagen.yaml", release: release),
            "main.swift": (statements + ["print(Shop.Hosts.aBExample.zone)"]).joined(separator: "\n"),
        ])
        #expect(output == (expected + ["z"]).joined(separator: "\n") + "\n")
    }

    private static func emptyRelease(_ name: String) -> Release {
        Release(name: name, placement: .declared, topology: Model.Topology(name: name), hosts: [])
    }

    /// Goal: topologies of all kinds, and what an application reads from them.
    @Test func whatAnApplicationReads() async throws {
        let names = ["string", "hagen-topology", "self", "3-com", "my-shop", "Type", "main", "init"]
        var files = ["HagenTopology.swift": SharedSource.text(access: .public)]
        var types: [String] = []
        for name in names {
            let source = NamesSource(
                Self.everyKind(name), settings: SwiftSettings(access: name == "self" ? .package : .public))
            types.append(source.typeName)
            files["\(name).swift"] = source.text(
                file: name, release: Self.emptyRelease(name))
        }
        #expect(
            types == [
                "StringTopology", "HagenTopologyTopology", "SelfTopology", "Topology3Com", "MyShop", "TypeTopology",
                "MainTopology", "Init",
            ])
        files["main.swift"] = """
            func show(_ words: Any...) { print(words.map { "\\($0)" }.joined(separator: " ")) }
            show(MyShop.orders.primary.addresses(), MyShop.orders.primary.role)
            show(MyShop.orders.replicas.addresses(), MyShop.orders.replicas.balancer as Any)
            show(MyShop.orders.primary.memberAddresses(), MyShop.orders.port)
            show(MyShop.queue.active.addresses(), MyShop.queue.standbys.addresses())
            show(MyShop.queue.active.addresses(in: .loopback))
            show(MyShop.api.members.addresses(), MyShop.api.members.addresses(in: .loopback))
            show(MyShop.Balancers.web.isEncrypted, MyShop.Balancers.web.wireProtocol)
            show(MyShop.legacy.members.addresses())
            show(MyShop.workers.hosts.map(\\.name), MyShop.workers.name)
            show(MyShop.Hosts.b1.address(), MyShop.Hosts.b1.address(in: .loopback), MyShop.Hosts.b1.zone)
            show(MyShop.topologyName, MyShop.releaseJSON)
            """
        let output = try await SwiftProgram.run(files)
        let lab = AddressPlan(Self.everyKind("my-shop"), placement: .loopback)
        let (first, second) = (lab.address(of: "a1")!, lab.address(of: "b1")!)
        #expect(
            output == """
                [10.0.0.50:6432, 10.0.0.11:6432] primary
                [10.0.0.11:5432, [fd00::12]:5432] nil
                [10.0.0.11:5432, [fd00::12]:5432] 5432
                [10.0.0.60:9000] [10.0.0.11:9000, [fd00::12]:9000]
                [\(first):9000, \(second):9000]
                [127.0.0.9:443] [\(first):8443]
                true http
                [10.0.9.1:80, [fd00::9]:81]
                ["a1", "b1"] workers
                fd00::12 \(second) eu "1b"
                my-shop \(StableJSON.line(Self.emptyRelease("my-shop")))

                """)
    }

    /// Goal: a role that a cluster does not have, and a name that is gone, do not compile.
    @Test(arguments: [
        ("MyShop.api.primary", "type 'MyShop.api' has no member 'primary'"),
        ("MyShop.orders.active", "type 'MyShop.orders' has no member 'active'"),
        ("MyShop.workers.members", "type 'MyShop.workers' has no member 'members'"),
        ("MyShop.Hosts.c1", "type 'MyShop.Hosts' has no member 'c1'"),
    ])
    func whatIsNotThere(expression: String, message: String) async throws {
        let source = NamesSource(Self.everyKind("my-shop"), settings: SwiftSettings())
        let files = [
            "HagenTopology.swift": SharedSource.text(access: .internal),
            "shop.swift": source.text(file: "a", release: Self.emptyRelease("a")),
            "main.swift": "print(\(expression))",
        ]
        let error = await #expect(throws: SwiftProgram.Failure.self) { try await SwiftProgram.run(files) }
        #expect(error?.messages.contains(message) == true, "\(error?.messages ?? "it compiled")")
    }

    /// Goal: the release comes out as it went in, whatever stands in it.
    @Test func releaseIsUntouched() async throws {
        let hostile = "\"# \"## \\ \\#(0) \\##(1) \u{0}\u{7F}\u{85}\u{2028}\u{FEFF}\u{1F600} \"\"\" */ `"
        let release = Release(
            name: "shop", placement: .declared, topology: Model.Topology(name: "shop"),
            hosts: [.init(name: hostile, address: "10.0.0.1", zone: hostile)])
        let source = NamesSource(Model.Topology(name: "shop"), settings: SwiftSettings())
        let output = try await SwiftProgram.run([
            "HagenTopology.swift": SharedSource.text(access: .internal),
            "shop.swift": source.text(file: "a", release: release), "main.swift": "print(Shop.releaseJSON)",
        ])
        #expect(output == StableJSON.line(release) + "\n")
        #expect(try JSONDecoder().decode(Release.self, from: Data(output.utf8)) == release)
    }

    /// Every kind of cluster, whether its engine is there yet or not.
    private static func everyKind(_ name: String) -> Model.Topology {
        let members = [Model.Member(host: "a1"), Model.Member(host: "b1")]
        let queue = Model.Cluster(
            name: "queue", kind: .activePassive, workload: .process(.init(command: ["/bin/queue"], port: 9000)),
            members: members, virtualIPs: [.init(address: "10.0.0.60", interface: "eth0")])
        return Model.Topology(
            name: name,
            hosts: [
                .init(name: "a1", address: "10.0.0.11/24", zone: "eu-1a"),
                .init(name: "b1", address: "fd00::12/64", zone: "eu \"1b\""),
            ],
            clusters: [
                .init(
                    name: "orders", kind: .activePassive, workload: .postgreSQL(version: 15, port: nil),
                    members: members),
                queue,
                .init(
                    name: "api", kind: .loadBalancing, workload: .process(.init(command: ["/bin/api"], port: 8080)),
                    members: members),
                .init(
                    name: "legacy", kind: .loadBalancing,
                    workload: .external(endpoints: ["10.0.9.1:80", "[fd00::9]:81"])),
                .init(
                    name: "workers", kind: .loadBalancing, workload: .process(.init(command: ["/bin/work"])),
                    members: members),
            ],
            balancers: [
                .init(
                    name: "web", hosts: ["a1"], wireProtocol: .http, listen: "127.0.0.9:443",
                    tls: Credential(name: "web-pem"), target: .init(cluster: "api")),
                .init(
                    name: "orders-rw", hosts: ["a1"], wireProtocol: .tcp, listen: 6432,
                    target: .init(cluster: "orders", role: .active),
                    virtualIPs: [.init(address: "10.0.0.50", interface: "eth0")]),
                .init(
                    name: "orders-too", hosts: ["b1"], wireProtocol: .tcp, listen: 6433,
                    target: .init(cluster: "orders", role: .primary)),
            ])
    }
}
