internal import Hagen

/// Writes a model as a topology in YAML: the inverse of `TopologyReader`, in the order of the language's tables.
///
/// What YAML cannot say, such as two hosts of one name, becomes a text that means something else: whoever asks for it
/// reads it back and compares, as `Conversion` does.
struct TopologyYAML {
    /// Formatted; the same bytes for the same model.
    static func text(_ model: Model.Topology) -> String {
        var head = YAMLFields()
        head.add("apiVersion", Language.apiVersion)
        head.add("name", model.name)
        if case .etcd(let hosts, let tls) = model.coordination {
            var etcd = YAMLFields()
            etcd.add("hosts", hosts)
            etcd.add("tls", tls, unless: false)
            head.add("coordination", .one("etcd", etcd.short))
        }
        var sections = [head.long]
        func add(_ key: String, _ value: YAMLValue?) {
            if let value { sections.append(.mapping([.init(key, value)])) }
        }
        add("hosts", named(model.hosts.map { ($0.name, host($0)) }))
        add("clusters", named(model.clusters.map { ($0.name, ClusterYAML.cluster($0)) }))
        add("balancers", named(model.balancers.map { ($0.name, BalancerYAML.balancer($0)) }))
        add("monitoring", monitoring(model.monitoring))
        add("objectives", model.objectives.isEmpty ? nil : .list(model.objectives.map(objective)))
        add("assumptions", model.assumptions.map(assumptions))
        add("allow", named(model.allowances.map { ($0.code, .text($0.reason)) }))
        return sections.map { YAMLWriter.text($0) }.joined(separator: "\n")
    }

    private static func named(_ parts: [(name: String, value: YAMLValue)]) -> YAMLValue? {
        parts.isEmpty ? nil : .mapping(parts.map { .init($0.name, $0.value) })
    }

    private static func host(_ host: Model.Host) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("address", host.address)
        fields.add("zone", host.zone)
        fields.add("labels", host.labels)
        if let ssh = host.ssh {
            var access = YAMLFields()
            access.add("user", ssh.user)
            access.add("port", ssh.port)
            fields.add("ssh", access.short)
        }
        fields.add("capacity", host.capacity)
        fields.add("witness", host.witness, unless: false)
        return fields.short
    }

    private static func objective(_ objective: Model.Objective) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("name", objective.name)
        fields.add("cluster", objective.cluster)
        fields.add("availability", objective.availability?.text)
        fields.add("window", objective.window)
        fields.add("recoveryTime", objective.recoveryTime)
        fields.add("recoveryPoint", objective.recoveryPoint)
        return fields.short
    }

    private static func assumptions(_ assumptions: Model.Assumptions) -> YAMLValue {
        func failures(_ failures: Model.Failures) -> YAMLValue {
            var fields = YAMLFields()
            fields.add("mtbf", failures.meanTimeBetweenFailures)
            fields.add("mttr", failures.meanTimeToRepair)
            return fields.short
        }
        var fields = YAMLFields()
        fields.add("host", assumptions.host.map(failures))
        fields.add("zone", assumptions.zone.map(failures))
        fields.add("workload", assumptions.workload.map(failures))
        if let work = assumptions.maintenance {
            var maintenance = YAMLFields()
            maintenance.add("every", work.every)
            maintenance.add("duration", work.duration)
            fields.add("maintenance", maintenance.short)
        }
        return fields.long
    }

    // MARK: Monitoring

    private static func monitoring(_ monitoring: Model.Monitoring) -> YAMLValue? {
        var fields = YAMLFields()
        fields.add("interval", monitoring.interval)
        fields.add("receivers", monitoring.receivers.map(receiver), .block)
        fields.add("alerts", monitoring.alerts.map(alert), .block)
        fields.add("routes", monitoring.routes.map(route), .block)
        return fields.entries.isEmpty ? nil : fields.long
    }

    private static func receiver(_ receiver: Model.Receiver) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("name", receiver.name)
        switch receiver.channel {
        case .webhook(.plain(let url)): fields.add("webhook", .one("url", .text(url)))
        case .webhook(.credential(let credential)):
            fields.add("webhook", .one("url", .one("credential", .text(credential.name))))
        case .email(let address): fields.add("email", .one("to", .text(address)))
        case .command(let command): fields.add("command", .words(command))
        }
        return fields.short
    }

    private static func alert(_ alert: Model.Alert) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("alert", alert.name)
        fields.add("expr", alert.expression)
        fields.add("for", alert.hold)
        fields.add("keep_firing_for", alert.keepFiring)
        fields.add("labels", alert.labels)
        fields.add("annotations", alert.annotations)
        fields.addReceivers(alert.receivers)
        return fields.short
    }

    private static func route(_ route: Model.Route) -> YAMLValue {
        var fields = YAMLFields()
        fields.add("match", route.match)
        fields.addReceivers(route.receivers)
        fields.add("continue", route.continue, unless: false)
        return fields.short
    }
}
