internal import Hagen

/// Turns a tree into the model and the map of its sources. It judges nothing: a method gives `nil` only where the tree
/// does not fit the tables, and such a part of the topology is left out, as are those that are marked as broken.
struct TopologyReader {
    private var spans: [ModelPath: SourceSpan] = [:]
    var omissions = Omissions()
    let files: FileNames
    let flaws: Flaws

    static func read(_ root: YAMLNode, in files: FileNames, flaws: Flaws = Flaws()) -> Topology {
        var reader = TopologyReader(files: files, flaws: flaws)
        reader.spans.reserveCapacity(root.weight)
        let model = reader.topology(root)
        return Topology(model: model, sources: SourceMap(reader.spans), omissions: reader.omissions)
    }

    private init(files: FileNames, flaws: Flaws) {
        self.files = files
        self.flaws = flaws
    }

    private mutating func topology(_ node: YAMLNode) -> Model.Topology {
        if node.isIncomplete { for kind in Omissions.Kind.allCases { omissions.leaveOut(kind) } }
        let root = ModelPath.root
        let fields = Fields(node)
        let name = text(fields, "name", at: root["name"])
        if name == nil { omissions.leaveOut(.name) }
        // What the topology leaves unsaid is best looked for where it says its name.
        spans[root] = spans[root["name"]]
        let hosts = parts(fields, "hosts", .host, at: root["hosts"]) { $0.host($1, $2, at: $3) }
        let clusters = parts(fields, "clusters", .cluster, at: root["clusters"]) { $0.cluster($1, $2, at: $3) }
        let balancers = parts(fields, "balancers", .balancer, at: root["balancers"]) { $0.balancer($1, $2, at: $3) }
        let objectives = items(
            fields, "objectives", .objective, of: Language.topology, at: root["objectives"], identity: "name"
        ) { $0.objective($1, at: $2) }
        return Model.Topology(
            name: name ?? "topology", coordination: coordination(fields, at: root["coordination"]), hosts: hosts,
            clusters: clusters, balancers: balancers, monitoring: monitoring(fields, at: root["monitoring"]),
            objectives: objectives, assumptions: assumptions(fields, at: root["assumptions"]),
            allowances: allowances(fields, at: root["allowances"]))
    }

    private mutating func coordination(_ fields: Fields, at path: ModelPath) -> Model.Coordination {
        guard let entry = fields["coordination"] else {
            if flaws.misses("coordination", of: Language.topology.noun) { omissions.leaveOut(.coordination) }
            return .embedded
        }
        spans[path] = entry.keySpan(in: files)
        if flaws.mark(at: entry) {
            omissions.leaveOut(.coordination)
            return .embedded
        }
        guard let etcd = Fields(entry.value)["etcd"] else { return .embedded }
        let store = Fields(etcd.value)
        return .etcd(
            hosts: texts(store, "hosts", at: path["hosts"]), tls: boolean(store, "tls", at: path["tls"]) ?? false)
    }

    private mutating func host(_ name: String, _ fields: Fields, at path: ModelPath) -> Model.Host? {
        guard let address = text(fields, "address", at: path["address"]),
            let zone = text(fields, "zone", at: path["zone"])
        else { return nil }
        var ssh: Model.SSH?
        if let entry = fields["ssh"] {
            spans[path["ssh"]] = entry.keySpan(in: files)
            let access = Fields(entry.value)
            ssh = Model.SSH(
                user: text(access, "user", at: path["ssh"]["user"]),
                port: integer(access, "port", at: path["ssh"]["port"]))
        }
        return Model.Host(
            name: name, address: address, zone: zone, labels: textsByKey(fields, "labels", at: path["labels"]),
            ssh: ssh,
            capacity: integer(fields, "capacity", at: path["capacity"]),
            witness: boolean(fields, "witness", at: path["witness"]) ?? false)
    }

    private mutating func objective(_ fields: Fields, at path: ModelPath) -> Model.Objective? {
        guard let name = text(fields, "name", at: path["name"]),
            let cluster = text(fields, "cluster", at: path["cluster"])
        else { return nil }
        return Model.Objective(
            name: name, cluster: cluster,
            availability: text(fields, "availability", at: path["availability"]).flatMap { Ratio(text: $0) },
            window: duration(fields, "window", at: path["window"]),
            recoveryTime: duration(fields, "recoveryTime", at: path["recoveryTime"]),
            recoveryPoint: duration(fields, "recoveryPoint", at: path["recoveryPoint"]))
    }
}

// MARK: Values, each recorded with its place

extension TopologyReader {
    mutating func record(_ span: SourceSpan, at path: ModelPath) { spans[path] = span }

    /// Records the key of a part that is there.
    mutating func part(_ fields: Fields, _ key: String, at path: ModelPath) -> Fields? {
        guard let entry = fields[key] else { return nil }
        spans[path] = entry.keySpan(in: files)
        return Fields(entry.value)
    }

    mutating func text(_ fields: Fields, _ key: String, at path: ModelPath) -> String? {
        guard let value = fields[key]?.value else { return nil }
        return text(value, at: path)
    }

    mutating func text(_ node: YAMLNode, at path: ModelPath) -> String? {
        guard let scalar = node.scalar else { return nil }
        spans[path] = node.span(in: files)
        return scalar.text
    }

    mutating func integer(_ fields: Fields, _ key: String, at path: ModelPath) -> Int? {
        guard let value = fields[key]?.value, case .integer(let number?) = value.scalar?.meaning else { return nil }
        spans[path] = value.span(in: files)
        return number
    }

    mutating func boolean(_ fields: Fields, _ key: String, at path: ModelPath) -> Bool? {
        guard let value = fields[key]?.value, case .boolean(let truth) = value.scalar?.meaning else { return nil }
        spans[path] = value.span(in: files)
        return truth
    }

    mutating func duration(_ fields: Fields, _ key: String, at path: ModelPath) -> Duration? {
        text(fields, key, at: path).flatMap { Duration(text: $0) }
    }

    mutating func word<Word: RawRepresentable>(
        _ fields: Fields, _ key: String, at path: ModelPath
    ) -> Word? where Word.RawValue == String {
        text(fields, key, at: path).flatMap(Word.init)
    }

    /// Empty where the key is not there.
    mutating func texts(_ fields: Fields, _ key: String, at path: ModelPath) -> [String] {
        guard let entry = fields[key] else { return [] }
        spans[path] = entry.keySpan(in: files)
        return (entry.value.items ?? []).enumerated().compactMap { text($0.element, at: path[$0.offset]) }
    }

    /// Empty where the key is not there.
    mutating func textsByKey(_ fields: Fields, _ key: String, at path: ModelPath) -> [String: String] {
        guard let entry = fields[key] else { return [:] }
        spans[path] = entry.keySpan(in: files)
        var texts: [String: String] = [:]
        for entry in entry.value.entries ?? [] { texts[entry.key] = text(entry.value, at: path[entry.key]) }
        return texts
    }

    /// A list of parts; the place of one is the value of its identity, else the item itself.
    mutating func list<Part>(
        _ fields: Fields, _ key: String, at path: ModelPath, identity: String,
        _ read: (inout Self, YAMLNode, ModelPath) -> Part?
    ) -> [Part]? {
        guard let entry = fields[key] else { return [] }
        spans[path] = entry.keySpan(in: files)
        var parts: [Part] = []
        for (index, node) in (entry.value.items ?? []).enumerated() {
            let first = node.entries?.first { $0.key == identity }?.value ?? node
            spans[path[index]] = first.span(in: files)
            guard let part = read(&self, node, path[index]) else { return nil }
            parts.append(part)
        }
        return parts
    }
}

/// The keys of one mapping.
struct Fields {
    private let entries: [YAMLEntry]

    init(_ node: YAMLNode) { entries = node.entries ?? [] }

    subscript(_ key: String) -> YAMLEntry? {
        for entry in entries where entry.key == key { return entry }
        return nil
    }
}
