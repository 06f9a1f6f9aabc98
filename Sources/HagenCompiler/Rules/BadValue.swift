internal import Hagen

/// A value that does not have the form of what it stands for.
///
/// In YAML the reader refuses most of them first, with the position in the text; a topology in Swift comes here.
struct BadValue: Rule {
    let code = DiagnosticCode(113)
    let title = "value of the wrong form"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "A name that cannot be part of a file name and of a key, or that is Hagen's own (a host 'coordinator', "
            + "a cluster 'control', a variable that begins with HAGEN_); a text that is not the address, port, path, "
            + "URL, label or variable name that is needed; a number or a time out of its range; an empty list where "
            + "at least one is needed; and control characters in any of them.",
        why: "Files, keys of the store, units and series are named by names; an address or URL that cannot be read "
            + "leads nowhere.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            monitoring:
              receivers:
                - {name: oncall, webhook: {url: "alerts.example.com/hagen"}}
              alerts:
                - {alert: disk-full, expr: hagen_filesystem_used_ratio > 0.95, receiver: oncall}
            """,
        fix: "Write a value of the form that the message names. Names are up to 63 letters, digits, '-' and '_', with "
            + "a letter or digit first.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
        monitoring:
          receivers:
            - {name: oncall, webhook: {url: "https://alerts.example.com/hagen"}}
          alerts:
            - {alert: disk-full, expr: hagen_filesystem_used_ratio > 0.95, receiver: oncall}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        var values = DeclaredValues()
        values.collect(context.model)
        return values.faults.map { fault in
            finding(
                "\(fault.what) is \(fault.value), not \(fault.expectation)", at: context.span(fault.path),
                help: fault.suggestion.map { ["write '\($0)'"] } ?? [])
        }
    }
}

/// Every value of a topology that has a form, judged by it.
private struct DeclaredValues {
    struct Fault {
        var path: ModelPath
        var what: String
        var value: String
        var expectation: String
        var suggestion: String?
    }

    private(set) var faults: [Fault] = []
    /// Which cluster has a unit on a host, by both.
    private var unitOwners: [String: String] = [:]
    private static let year: Duration = .seconds(366 * 86_400)
    private static let century: Duration = .seconds(100 * 366 * 86_400)

    mutating func collect(_ model: Model.Topology) {
        let root = ModelPath.root
        text(model.name, .name, "the topology's name", root["name"])
        for (index, host) in model.hosts.enumerated() {
            let path = root["hosts"][index]
            text(host.name, .hostName, "the name of a host", path["name"])
            if host.name == Release.coordinatorHost {
                fault(path["name"], "the name of a host", "'\(host.name)'", "one of your own: the lab's store has it")
            }
            text(host.address, .addressWithPrefix, "the address of host '\(host.name)'", path["address"])
            if let address = AddressWithPrefix(host.address)?.address, !address.isUnicast {
                fault(
                    path["address"], "the address of host '\(host.name)'", "'\(host.address)'",
                    "the address of one computer")
            }
            text(host.zone, .any, "the zone of host '\(host.name)'", path["zone"])
            number(host.capacity, Model.Host.capacities, "the capacity of host '\(host.name)'", path["capacity"])
            number(host.ssh?.port, ListenAddress.ports, "the SSH port of host '\(host.name)'", path["ssh"]["port"])
        }
        collectLeases(model)
        for (index, cluster) in model.clusters.enumerated() { collect(cluster, root["clusters"][index]) }
        for (index, balancer) in model.balancers.enumerated() { collect(balancer, root["balancers"][index]) }
        for (index, receiver) in model.monitoring.receivers.enumerated() {
            collect(receiver, root["monitoring"]["receivers"][index])
        }
        for (index, alert) in model.monitoring.alerts.enumerated() {
            let path = root["monitoring"]["alerts"][index]
            text(alert.name, .any, "the name of an alert", path["name"])
            for label in alert.labels.keys.sorted() { collect(label: label, of: alert, path["labels"][label]) }
            duration(alert.hold, orZero: true, atMost: Self.year, "'for' of alert '\(alert.name)'", path["hold"])
            duration(
                alert.keepFiring, orZero: true, atMost: Self.year, "'keep_firing_for' of alert '\(alert.name)'",
                path["keepFiring"])
        }
        if let assumptions = model.assumptions { collect(assumptions) }
        for (index, objective) in model.objectives.enumerated() {
            let (name, path) = ("of objective '\(objective.name)'", root["objectives"][index])
            text(objective.name, .name, "the name of an objective", path["name"])
            if let ratio = objective.availability, !(0...1).contains(ratio.fraction) {
                fault(path["availability"], "the availability \(name)", ratio.text, "a share of 0% to 100%")
            }
            for (time, key) in [(objective.recoveryTime, "recoveryTime"), (objective.recoveryPoint, "recoveryPoint")] {
                duration(time, orZero: true, atMost: Self.year, "'\(key)' \(name)", path[key])
            }
        }
    }

    private mutating func collect(_ assumptions: Model.Assumptions) {
        let path = ModelPath.root["assumptions"]
        func collect(_ failures: Model.Failures?, _ key: String) {
            guard let failures else { return }
            let (what, path) = ("assumed for a \(key)", path[key])
            duration(
                failures.meanTimeBetweenFailures, orZero: false, atMost: Self.century,
                "the time between failures \(what)",
                path["meanTimeBetweenFailures"])
            duration(
                failures.meanTimeToRepair, orZero: false, atMost: Self.century, "the time to repair \(what)",
                path["meanTimeToRepair"])
        }
        collect(assumptions.host, "host")
        collect(assumptions.zone, "zone")
        collect(assumptions.workload, "workload")
        guard let work = assumptions.maintenance else { return }
        duration(
            work.every, orZero: false, atMost: Self.century, "the time between planned work",
            path["maintenance"]["every"])
        duration(
            work.duration, orZero: false, atMost: Self.century, "the duration of planned work",
            path["maintenance"]["duration"])
    }

    private mutating func collect(label: String, of alert: Model.Alert, _ path: ModelPath) {
        let what = "the name of a label of alert '\(alert.name)'"
        if !Model.Alert.isLabelName(label) {
            fault(path, what, label.debugDescription, "one of letters, digits and '_', with no digit first")
        } else if Model.Alert.reservedLabels.contains(label) {
            fault(path, what, "'\(label)'", "one of your own: the monitor sets this one itself")
        }
    }

    /// The agent of a host renews all its leases in one commit of the store.
    private mutating func collectLeases(_ model: Model.Topology) {
        var leases: [String: Int] = [:]
        for cluster in model.clusters where cluster.needsLease {
            for host in Set(cluster.members.map(\.host)) { leases[host, default: 0] += 1 }
        }
        for (index, host) in model.hosts.enumerated() {
            guard let count = leases[host.name], count > Model.Lease.maximumPerHost else { continue }
            fault(
                ModelPath.root["hosts"][index]["name"], "the number of failover clusters on host '\(host.name)'",
                String(count), "a number up to \(Model.Lease.maximumPerHost)")
        }
    }

    private mutating func collect(_ cluster: Model.Cluster, _ path: ModelPath) {
        let name = "cluster '\(cluster.name)'"
        text(cluster.name, .name, "the name of a cluster", path["name"])
        if cluster.name == EngineEnvironment.controlSocketName {
            fault(
                path["name"], "the name of a cluster", "'\(cluster.name)'", "one of your own: the agent's socket has it"
            )
        }
        number(
            cluster.minimumHealthy, Model.Cluster.memberCounts, "'minimumHealthy' of \(name)", path["minimumHealthy"])
        for (place, member) in cluster.members.enumerated() {
            let path = path["members"][place]
            number(
                member.priority, Model.Member.priorities, "the priority of '\(member.host)' in \(name)",
                path["priority"])
            number(member.weight, Model.Member.weights, "the weight of '\(member.host)' in \(name)", path["weight"])
        }
        collect(cluster.failover.check, "the check of \(name)", path["failover"]["check"])
        collect(cluster.virtualIPs, name, path["virtualIPs"])
        for (place, fencing) in cluster.failover.fencing.enumerated() {
            collect(fencing, name, path["failover"]["fencing"][place])
        }
        for (place, hook) in cluster.hooks.enumerated() { collect(hook, name, path["hooks"][place]) }
        if let window = cluster.maintenance { collect(window, name, path["maintenance"]) }
        number(
            cluster.replication?.acknowledgements, Model.Replication.acknowledgementCounts,
            "'acknowledgements' of \(name)", path["replication"]["acknowledgements"])
        let workload = path["workload"]
        number(cluster.workload.port, ListenAddress.ports, "the port of \(name)", workload["port"])
        duration(cluster.workload.stopTimeout, orZero: true, "'stopTimeout' of \(name)", workload["stopTimeout"])
        switch cluster.workload {
        case .external(let endpoints):
            for (place, endpoint) in endpoints.enumerated() {
                text(endpoint, .endpoint, "an endpoint of \(name)", workload["endpoints"][place])
            }
        case .process(let process): collect(process, name, workload)
        case .systemd(let unit, _, _): collect(unit: unit, of: cluster, name, workload["unit"])
        case .ocf(let agent, let parameters, _, _):
            text(agent, .resourceAgent, "the resource agent of \(name)", workload["agent"])
            for (key, value) in parameters.sorted(by: { $0.key < $1.key }) {
                let place = workload["parameters"][key]
                if !Model.ProcessWorkload.isVariableName(key) {
                    fault(
                        place, "the name of a parameter of \(name)", key.debugDescription,
                        "one of letters, digits and '_', with no digit first")
                }
                refuse(value, "\0", "parameter '\(key)' of \(name)", place)
            }
        default: break
        }
    }

    private mutating func collect(unit: String, of cluster: Model.Cluster, _ name: String, _ path: ModelPath) {
        text(unit, .service, "the unit of \(name)", path)
        let base = unit.hasSuffix(".service") ? String(unit.dropLast(".service".count)) : unit
        if base.hasPrefix("hagen-") {
            fault(path, "the unit of \(name)", "'\(unit)'", "one of your own: Hagen's own begin with hagen-")
        } else if base.hasSuffix("@") {
            fault(path, "the unit of \(name)", "'\(unit)'", "a unit that can run, such as \(base)1.service")
        }
        for host in Set(cluster.members.map(\.host)).sorted() {
            if let other = unitOwners["\(host) \(base)"] {
                fault(
                    path, "the unit of \(name)", "'\(unit)', as that of cluster '\(other)' is on host '\(host)'",
                    "a unit that no other cluster starts and stops")
                break
            }
            unitOwners["\(host) \(base)"] = cluster.name
        }
    }

    private mutating func collect(_ fencing: Model.Fencing, _ name: String, _ path: ModelPath) {
        switch fencing {
        case .itself: break
        case .watchdog(let device): text(device, .path, "the watchdog of \(name)", path["device"])
        case .agent(let agent, let parameters):
            text(agent, .fenceAgent, "a fence agent of \(name)", path["name"])
            // A fence agent reads a line for each.
            for (key, value) in parameters.sorted(by: { $0.key < $1.key }) {
                let place = path["parameters"][key]
                text(key, .name, "the name of a parameter of '\(agent)' of \(name)", place)
                text(value, .argument, "parameter '\(key)' of '\(agent)' of \(name)", place)
            }
        }
    }

    private mutating func collect(_ hook: Model.Hook, _ name: String, _ path: ModelPath) {
        if hook.command.first?.isEmpty ?? true {
            fault(path["command"], "the command of a hook of \(name)", "empty", "a program and its arguments")
        }
        for (place, word) in hook.command.enumerated() {
            refuse(word, "\0", "an argument of a hook of \(name)", path["command"][place])
        }
        duration(hook.timeout, "the timeout of a hook of \(name)", path["timeout"])
    }

    private mutating func collect(_ window: Model.MaintenanceWindow, _ name: String, _ path: ModelPath) {
        text(window.start, .timeOfDay, "the start of the maintenance window of \(name)", path["start"])
        duration(window.duration, "the duration of the maintenance window of \(name)", path["duration"])
        for (place, day) in window.days.enumerated() where !Language.weekdays.contains(day) {
            fault(
                path["days"][place], "a day of the maintenance window of \(name)", day.debugDescription,
                "one of \(Language.weekdays.joined(separator: ", "))")
        }
    }

    private mutating func collect(_ process: Model.ProcessWorkload, _ name: String, _ path: ModelPath) {
        if process.command.first?.isEmpty ?? true {
            fault(path["command"], "the command of \(name)", "empty", "a program and its arguments")
        }
        for (place, word) in process.command.enumerated() {
            refuse(word, "\0", "an argument of \(name)", path["command"][place])
        }
        for (key, value) in process.environment.sorted(by: { $0.key < $1.key }) {
            let place = path["environment"][key]
            refuse(value, "\0", "variable '\(key)' of \(name)", place)
            if !Model.ProcessWorkload.isVariableName(key) {
                fault(
                    place, "the name of a variable of \(name)", key.debugDescription,
                    "one of letters, digits and '_', with no digit first")
            } else if key.hasPrefix(Model.ProcessWorkload.reservedPrefix) {
                fault(
                    place, "the name of a variable of \(name)", "'\(key)'",
                    "one of your own: what begins with \(Model.ProcessWorkload.reservedPrefix) is set by Hagen")
            }
        }
        if let user = process.user { text(user, .any, "the user of \(name)", path["user"]) }
        duration(process.startTime, "'startTime' of \(name)", path["startTime"])
        number(
            process.restarts?.limit, Model.Restarts.limits, "the limit of restarts of \(name)",
            path["restarts"]["limit"])
        duration(
            process.restarts?.window, atMost: Self.year, "the window of restarts of \(name)", path["restarts"]["window"]
        )
    }

    private mutating func collect(_ balancer: Model.Balancer, _ path: ModelPath) {
        let name = "balancer '\(balancer.name)'"
        text(balancer.name, .name, "the name of a balancer", path["name"])
        text(balancer.listen.text, .listenAddress, "'listen' of \(name)", path["listen"])
        if balancer.hosts.isEmpty { fault(path["hosts"], "the list of hosts of \(name)", "empty", "one host or more") }
        number(balancer.retries, Model.Balancer.retryCounts, "'retries' of \(name)", path["retries"])
        number(
            balancer.maximumConnections, Model.Balancer.connectionCounts, "'maximumConnections' of \(name)",
            path["maximumConnections"])
        collect(balancer.check, "the check of \(name)", path["check"])
        collect(balancer.virtualIPs, name, path["virtualIPs"])
        let (timeouts, times) = (balancer.timeouts, path["timeouts"])
        for (timeout, key) in [
            (timeouts.connect, "connect"), (timeouts.request, "request"), (timeouts.response, "response"),
            (timeouts.idle, "idle"),
        ] {
            duration(timeout, "time-out '\(key)' of \(name)", times[key])
        }
        for (timeout, key) in [(timeouts.queue, "queue"), (timeouts.drain, "drain")] {
            duration(timeout, orZero: true, "time-out '\(key)' of \(name)", times[key])
        }
    }

    private mutating func collect(_ virtualIPs: [Model.VirtualIP], _ name: String, _ path: ModelPath) {
        for (place, virtualIP) in virtualIPs.enumerated() {
            text(virtualIP.address, .address, "a virtual IP of \(name)", path[place]["address"])
            text(virtualIP.interface, .interface, "the interface of a virtual IP of \(name)", path[place]["interface"])
        }
    }

    private mutating func collect(_ check: Model.Check?, _ what: String, _ path: ModelPath) {
        guard let check else { return }
        number(check.rise, Model.Check.counts, "'rise' of \(what)", path["rise"])
        number(check.fall, Model.Check.counts, "'fall' of \(what)", path["fall"])
        guard case .http(let asked, let statuses, _) = check.kind else { return }
        text(asked, .path, "the path of \(what)", path["kind"]["path"])
        for (place, status) in statuses.enumerated() {
            number(status, Model.Check.statuses, "a status of \(what)", path["kind"]["status"][place])
        }
    }

    private mutating func collect(_ receiver: Model.Receiver, _ path: ModelPath) {
        text(receiver.name, .name, "the name of a receiver", path["name"])
        switch receiver.channel {
        case .webhook(.credential(let credential)):
            text(credential.name, .name, "the credential of receiver '\(receiver.name)'", path["channel"]["url"])
        case .webhook(.plain(let url)):
            if !WebAddress.isValid(url) {
                fault(
                    path["channel"]["url"], "the URL of receiver '\(receiver.name)'", url.debugDescription,
                    "one of the form 'http://HOST/PATH' or 'https://HOST/PATH'")
            }
        case .email, .command: break
        }
    }

    // MARK: Forms

    private mutating func text(_ text: String, _ form: TextForm, _ what: String, _ path: ModelPath) {
        if !form.accepts(text) {
            let suggestion = form.suggestion(for: text)
            fault(path, what, text.isEmpty ? "empty" : "'\(text)'", form.expectation, suggestion)
        } else if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            fault(path, what, text.debugDescription, "a text of one line without control characters")
        }
    }

    private mutating func refuse(_ text: String, _ character: Character, _ what: String, _ path: ModelPath) {
        if text.contains(character) { fault(path, what, text.debugDescription, "a text without NUL") }
    }

    private mutating func number(_ number: Int?, _ range: ClosedRange<Int>, _ what: String, _ path: ModelPath) {
        guard let number, !range.contains(number) else { return }
        fault(path, what, String(number), "a number from \(range.lowerBound) to \(range.upperBound)")
    }

    /// What is longer than `longest` never ends for the people who wait for it.
    private mutating func duration(
        _ duration: Duration?, orZero: Bool = false, atMost longest: Duration = .seconds(86_400), _ what: String,
        _ path: ModelPath
    ) {
        guard let duration, duration > longest || (orZero ? duration < .zero : duration <= .zero) else { return }
        fault(path, what, duration.text, "a time \(orZero ? "from 0" : "above 0") to \(longest.text)")
    }

    private mutating func fault(
        _ path: ModelPath, _ what: String, _ value: String, _ expectation: String, _ suggestion: String? = nil
    ) {
        faults.append(
            Fault(path: path, what: what, value: value, expectation: expectation, suggestion: suggestion))
    }
}
