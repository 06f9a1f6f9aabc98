internal import Hagen

/// Writes a model as a topology in Swift, in the form that the language's page shows: hosts, zones and receivers as
/// static members, clusters as properties, long bodies as properties of a result builder.
///
/// What the types of the DSL refuse is no source but an obstacle, each with the place of the part in the model.
struct TopologySwift {
    /// A part that Swift's types cannot hold.
    struct Obstacle {
        var path: ModelPath
        var message: String
        var help: String
    }

    let model: Model.Topology
    private(set) var obstacles: [Obstacle] = []
    private var zones = SourceIdentifiers("zone")
    private var hosts = SourceIdentifiers("host")
    private var receivers = SourceIdentifiers("receiver")
    private var properties = SourceIdentifiers("cluster")
    /// Names of hosts and receivers that something has named; Swift knows no others.
    private var used: (hosts: Set<String>, receivers: Set<String>) = ([], [])
    private let declared: (hosts: Set<String>, receivers: Set<String>)
    let clusters: [String: Model.Cluster]

    /// The statements of one body: beyond, its type-checking would be felt.
    private static let longestBody = 40

    init(_ model: Model.Topology) {
        self.model = model
        declared = (Set(model.hosts.map(\.name)), Set(model.monitoring.receivers.map(\.name)))
        clusters = Dictionary(model.clusters.map { ($0.name, $0) }) { first, _ in first }
        // Identifiers go by the order of declaration, so that the first of two alike has the shorter one.
        for host in model.hosts { _ = hosts.identifier(of: host.name) }
        for receiver in model.monitoring.receivers { _ = receivers.identifier(of: receiver.name) }
        for cluster in model.clusters { _ = properties.identifier(of: cluster.name) }
    }

    mutating func refuse(_ path: ModelPath, _ message: String, help: String) {
        obstacles.append(Obstacle(path: path, message: message, help: help))
    }

    // MARK: Names

    mutating func host(_ name: String, at path: ModelPath) -> SwiftExpression {
        if !declared.hosts.contains(name) { refuse(path, "there is no host '\(name)'", help: "declare it") }
        used.hosts.insert(name)
        return .code("." + hosts.identifier(of: name))
    }

    mutating func hosts(_ names: [String], at path: ModelPath) -> SwiftExpression {
        var items: [SwiftExpression] = []
        for (index, name) in names.enumerated() { items.append(host(name, at: path[index])) }
        return .list(items)
    }

    mutating func receiver(_ name: String, at path: ModelPath) -> SwiftExpression {
        if !declared.receivers.contains(name) { refuse(path, "there is no receiver '\(name)'", help: "declare it") }
        used.receivers.insert(name)
        return .code("." + receivers.identifier(of: name))
    }

    /// The property that holds a cluster.
    mutating func cluster(_ name: String, at path: ModelPath) -> String {
        if clusters[name] == nil { refuse(path, "there is no cluster '\(name)'", help: "declare it") }
        return properties.identifier(of: name)
    }

    // MARK: The source

    /// Meant for use only where there is no obstacle.
    mutating func source() -> String {
        let root = ModelPath.root
        let properties = model.clusters.enumerated().map {
            statement(of: $0.element, at: root["clusters"][$0.offset]).text(indentation: 4)
        }
        var arguments = SwiftArguments(.text(model.name))
        arguments.add("coordination", coordination)
        let (body, builders) = bodies()
        findUnused()
        let topology = SwiftStatement(arguments.call("Topology"), body: body).text(indentation: 8)
        let members = properties + ["    var topology: Topology {\n\(topology)\n    }"] + builders
        return "import Hagen\n\n" + namedParts
            + "@main\nstruct \(SourceIdentifiers.typeName(of: model.name)): Infrastructure {\n"
            + members.joined(separator: "\n\n") + "\n}\n"
    }

    /// What stands in the braces of the topology, and the properties that hold what would be long there.
    private mutating func bodies() -> (body: [SwiftStatement], builders: [String]) {
        let (root, monitoring) = (ModelPath.root, ModelPath.root["monitoring"])
        let clusters = model.clusters.map { SwiftStatement(.code(properties.identifier(of: $0.name))) }
        let balancers = model.balancers.enumerated().map {
            statement(of: $0.element, at: root["balancers"][$0.offset])
        }
        let alerts = model.monitoring.alerts.enumerated().map {
            statement(of: $0.element, at: monitoring["alerts"][$0.offset])
        }
        let routes = model.monitoring.routes.enumerated().map {
            statement(of: $0.element, at: monitoring["routes"][$0.offset])
        }
        let objectives = model.objectives.enumerated().map {
            statement(of: $0.element, at: root["objectives"][$0.offset])
        }
        var body: [SwiftStatement] = []
        var builders: [String] = []
        if clusters.count <= Self.longestBody { body = clusters } else { add(clusters, "clusters", &body, &builders) }
        add(balancers, "traffic", &body, &builders)
        body += monitoringInterval
        add(alerts + routes, "alerts", &body, &builders)
        add(objectives, "objectives", &body, &builders)
        return (body + assumptions + allowances, builders)
    }

    /// Puts statements into properties of their own, and these into the body.
    private mutating func add(
        _ statements: [SwiftStatement], _ name: String, _ body: inout [SwiftStatement], _ builders: inout [String]
    ) {
        for start in stride(from: 0, to: statements.count, by: Self.longestBody) {
            let chunk = statements[start..<min(start + Self.longestBody, statements.count)]
            let property = properties.unique(name)
            body.append(SwiftStatement(.code(property)))
            builders.append(
                "    @TopologyBuilder\n    var \(property): [Component] {\n"
                    + chunk.map { $0.text(indentation: 8) + "\n" }.joined() + "    }")
        }
    }

    private var coordination: SwiftExpression? {
        mutating get {
            guard case .etcd(let names, let tls) = model.coordination else { return nil }
            let path = ModelPath.root["coordination"]["hosts"]
            return .call(
                ".etcd", [.init("on", hosts(names, at: path))] + (tls ? [.init("tls", .code("true"))] : []))
        }
    }

    /// Hosts and receivers are collected from their uses.
    private mutating func findUnused() {
        var seen: Set<String> = []
        for (index, host) in model.hosts.enumerated() {
            let path = ModelPath.root["hosts"][index]
            if !used.hosts.contains(host.name) {
                refuse(
                    path, "host '\(host.name)' has no part in anything, and a topology in Swift has no other hosts",
                    help: "remove it, or make it a member of a cluster, a host of a balancer or of the store")
            }
            if !seen.insert(host.name).inserted {
                refuse(path, "two hosts are called '\(host.name)'", help: "rename one of them")
            }
        }
        seen = []
        for (index, receiver) in model.monitoring.receivers.enumerated() {
            let path = ModelPath.root["monitoring"]["receivers"][index]
            if !used.receivers.contains(receiver.name) {
                refuse(
                    path,
                    "receiver '\(receiver.name)' is told of nothing, and a topology in Swift has no other receivers",
                    help: "remove it, or name it in an alert or a route")
            }
            if !seen.insert(receiver.name).inserted {
                refuse(path, "two receivers are called '\(receiver.name)'", help: "rename one of them")
            }
        }
    }

    // MARK: Hosts, zones, receivers

    private var namedParts: String {
        mutating get {
            var zoneLines: [String] = []
            var known: Set<String> = []
            for host in model.hosts where known.insert(host.zone).inserted {
                zoneLines.append(
                    SwiftExpression.call("Zone", [.init(nil, .text(host.zone))])
                        .text(indentation: 4, prefix: "static let \(zones.identifier(of: host.zone)) = "))
            }
            let hostLines = model.hosts.map { host -> String in
                declaration(of: host).text(
                    indentation: 4, prefix: "static let \(hosts.identifier(of: host.name)) = ")
            }
            let receiverLines = model.monitoring.receivers.map { receiver -> String in
                Self.declaration(of: receiver).text(
                    indentation: 4, prefix: "static let \(receivers.identifier(of: receiver.name)) = ")
            }
            return [("Zone", zoneLines), ("Host", hostLines), ("Receiver", receiverLines)]
                .filter { !$0.1.isEmpty }
                .map { "extension \($0.0) {\n" + $0.1.joined(separator: "\n") + "\n}\n\n" }.joined()
        }
    }

    private mutating func declaration(of host: Model.Host) -> SwiftExpression {
        var arguments = SwiftArguments(.text(host.name))
        arguments.add("address", host.address)
        arguments.add("zone", .code("." + zones.identifier(of: host.zone)))
        arguments.add("labels", host.labels)
        if let ssh = host.ssh {
            var access = SwiftArguments()
            access.add("user", ssh.user)
            access.add("port", ssh.port)
            arguments.add("ssh", access.call("SSH"))
        }
        arguments.add("capacity", host.capacity)
        arguments.add("witness", host.witness, unless: false)
        return arguments.call("Host")
    }

    private static func declaration(of receiver: Model.Receiver) -> SwiftExpression {
        let channel: SwiftExpression =
            switch receiver.channel {
            case .webhook(.plain(let url)): .call(".webhook", [.init(nil, .text(url))])
            case .webhook(.credential(let credential)):
                .call(".webhook", [.init(nil, .call(".credential", [.init(nil, .text(credential.name))]))])
            case .email(let address): .call(".email", [.init("to", .text(address))])
            case .command(let command): .call(".command", [.init(nil, .texts(command))])
            }
        return .call("Receiver", [.init(nil, .text(receiver.name)), .init(nil, channel)])
    }
}
