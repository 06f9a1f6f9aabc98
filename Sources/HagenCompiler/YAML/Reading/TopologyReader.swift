internal import Hagen

/// Turns a tree that fits the tables into the model and the map of its sources. It judges nothing: an initializer or
/// method gives `nil` only where the tree does not fit, and then the whole is `nil`.
struct TopologyReader {
    private var spans: [ModelPath: SourceSpan] = [:]
    let file: String

    static func read(_ root: YAMLNode, file: String) -> Topology? {
        var reader = TopologyReader(file: file)
        reader.spans.reserveCapacity(root.weight)
        guard let model = reader.topology(Fields(root)) else { return nil }
        return Topology(model: model, sources: SourceMap(reader.spans))
    }

    private init(file: String) { self.file = file }

    private mutating func topology(_ fields: Fields) -> Model.Topology? {
        let root = ModelPath.root
        guard let name = text(fields, "name", at: root["name"]) else { return nil }
        // What the topology leaves unsaid is best looked for where it says its name.
        spans[root] = spans[root["name"]]
        guard let hosts = parts(fields, "hosts", at: root["hosts"], { $0.host($1, $2, at: $3) }),
            let clusters = parts(fields, "clusters", at: root["clusters"], { $0.cluster($1, $2, at: $3) }),
            let balancers = parts(fields, "balancers", at: root["balancers"], { $0.balancer($1, $2, at: $3) }),
            let objectives = list(
                fields, "objectives", at: root["objectives"], identity: "name", { $0.objective(Fields($1), at: $2) })
        else { return nil }
        var monitoring = Model.Monitoring()
        if let entry = fields["monitoring"] {
            spans[root["monitoring"]] = entry.keySpan(in: file)
            guard let read = self.monitoring(Fields(entry.value), at: root["monitoring"]) else { return nil }
            monitoring = read
        }
        return Model.Topology(
            name: name, coordination: coordination(fields, at: root["coordination"]), hosts: hosts, clusters: clusters,
            balancers: balancers, monitoring: monitoring, objectives: objectives,
            assumptions: assumptions(fields, at: root["assumptions"]),
            allowances: allowances(fields, at: root["allowances"]))
    }

    private mutating func coordination(_ fields: Fields, at path: ModelPath) -> Model.Coordination {
        guard let entry = fields["coordination"] else { return .embedded }
        spans[path] = entry.keySpan(in: file)
        guard let etcd = Fields(entry.value)["etcd"] else { return .embedded }
        return .etcd(hosts: texts(Fields(etcd.value), "hosts", at: path["hosts"]))
    }

    private mutating func host(_ name: String, _ fields: Fields, at path: ModelPath) -> Model.Host? {
        guard let address = text(fields, "address", at: path["address"]),
            let zone = text(fields, "zone", at: path["zone"])
        else { return nil }
        var ssh: Model.SSH?
        if let entry = fields["ssh"] {
            spans[path["ssh"]] = entry.keySpan(in: file)
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
        spans[path] = entry.keySpan(in: file)
        return Fields(entry.value)
    }

    mutating func text(_ fields: Fields, _ key: String, at path: ModelPath) -> String? {
        guard let value = fields[key]?.value else { return nil }
        return text(value, at: path)
    }

    mutating func text(_ node: YAMLNode, at path: ModelPath) -> String? {
        guard let scalar = node.scalar else { return nil }
        spans[path] = node.span(in: file)
        return scalar.text
    }

    mutating func integer(_ fields: Fields, _ key: String, at path: ModelPath) -> Int? {
        guard let value = fields[key]?.value, case .integer(let number?) = value.scalar?.meaning else { return nil }
        spans[path] = value.span(in: file)
        return number
    }

    mutating func boolean(_ fields: Fields, _ key: String, at path: ModelPath) -> Bool? {
        guard let value = fields[key]?.value, case .boolean(let truth) = value.scalar?.meaning else { return nil }
        spans[path] = value.span(in: file)
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
        spans[path] = entry.keySpan(in: file)
        return (entry.value.items ?? []).enumerated().compactMap { text($0.element, at: path[$0.offset]) }
    }

    /// Empty where the key is not there.
    mutating func textsByKey(_ fields: Fields, _ key: String, at path: ModelPath) -> [String: String] {
        guard let entry = fields[key] else { return [:] }
        spans[path] = entry.keySpan(in: file)
        var texts: [String: String] = [:]
        for entry in entry.value.entries ?? [] { texts[entry.key] = text(entry.value, at: path[entry.key]) }
        return texts
    }

    /// A mapping from names to parts; the place of a part and of its name is the key.
    mutating func parts<Part>(
        _ fields: Fields, _ key: String, at path: ModelPath,
        _ read: (inout Self, String, Fields, ModelPath) -> Part?
    ) -> [Part]? {
        guard let entry = fields[key] else { return [] }
        spans[path] = entry.keySpan(in: file)
        var parts: [Part] = []
        for (index, entry) in (entry.value.entries ?? []).enumerated() {
            let place = path[index]
            let span = entry.keySpan(in: file)
            spans[place] = span
            spans[place["name"]] = span
            guard let part = read(&self, entry.key, Fields(entry.value), place) else { return nil }
            parts.append(part)
        }
        return parts
    }

    /// A list of parts; the place of one is the value of its identity, else the item itself.
    mutating func list<Part>(
        _ fields: Fields, _ key: String, at path: ModelPath, identity: String,
        _ read: (inout Self, YAMLNode, ModelPath) -> Part?
    ) -> [Part]? {
        guard let entry = fields[key] else { return [] }
        spans[path] = entry.keySpan(in: file)
        var parts: [Part] = []
        for (index, node) in (entry.value.items ?? []).enumerated() {
            let first = node.entries?.first { $0.key == identity }?.value ?? node
            spans[path[index]] = first.span(in: file)
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
