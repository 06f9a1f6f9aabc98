package import Hagen

/// `grafana/overview.json` and `grafana/hosts.json`: dashboards over what Prometheus collects from the monitors.
///
/// They name the topology's own clusters, balancers and hosts: whoever looks chooses among them, and each has its row. A
/// part that the topology does not have has no panel.
package enum GrafanaEmitter {
    package static func files(_ release: Release) -> [OutputFile] {
        [
            OutputFile(path: "grafana/hosts.json", contents: StableJSON.text(hosts(release))),
            OutputFile(path: "grafana/overview.json", contents: StableJSON.text(overview(release))),
        ]
    }

    // MARK: The topology

    static func overview(_ release: Release) -> GrafanaDashboard {
        let clusters = Set(release.hosts.flatMap { $0.failover?.clusters.map(\.name) ?? [] }).sorted()
        let balancers = Set(release.hosts.flatMap { $0.balancer?.listeners.map(\.name) ?? [] }).sorted()
        var panels = GrafanaPanels()
        numbers(release, &panels)
        var variables = [GrafanaDashboard.Variable.datasource]
        if !clusters.isEmpty {
            variables.append(.names("cluster", label: "Cluster", clusters))
            addCluster(&panels)
        }
        if !balancers.isEmpty {
            variables.append(.names("balancer", label: "Balancer", balancers))
            addBalancer(&panels)
        }
        return GrafanaDashboard(
            uid: uid(release, "overview"), title: "\(release.name): overview",
            description: "Clusters and balancers of topology \(release.name).", tags: ["hagen", release.name],
            panels: panels.panels, templating: .init(list: variables))
    }

    private static func numbers(_ release: Release, _ panels: inout GrafanaPanels) {
        let monitors = release.hosts.count { $0.monitor != nil }
        let isBadFrom1 = [step("green"), step("red", 1)]
        panels.row("At a glance")
        panels.number(
            "Hosts that answer", #"sum(up{job="hagen"})"#, description: "Of \(monitors) whose monitor is scraped.",
            steps: [step("red"), step("green", Double(monitors))])
        panels.number(
            "Alerts firing", #"count(ALERTS{alertstate="firing"}) or vector(0)"#,
            description: "As Prometheus judges them.", steps: isBadFrom1)
        panels.number(
            "Engines down", "count(hagen_engine_up == 0) or vector(0)",
            description: "Engines of Hagen that do not answer on their host.", steps: isBadFrom1)
        guard release.hosts.contains(where: { $0.failover != nil }) else { return }
        panels.number(
            "Workloads down", "count(hagen_workload_up == 0) or vector(0)",
            description: "Workloads that should run on their host and do not.", steps: isBadFrom1)
        guard release.hosts.contains(where: { $0.failover?.store != nil }) else { return }
        panels.number(
            "Agents without store", "count(hagen_store_reachable == 0) or vector(0)",
            description: "Failover agents that do not reach the store: their members step down.", steps: isBadFrom1)
    }

    private static func addCluster(_ panels: inout GrafanaPanels) {
        panels.row("Cluster $cluster", forEach: "cluster")
        panels.states(
            "Roles", [(#"hagen_member_active{cluster=~"$cluster"}"#, "{{instance}}")], on: "active", off: "standby",
            offColour: "blue", description: "Of a cluster with a lease one member at most is active.", width: 12)
        panels.states(
            "Workloads", [(#"hagen_workload_up{cluster=~"$cluster"}"#, "{{instance}}")], on: "runs", off: "down",
            offColour: "red", width: 12)
        panels.lines(
            "Epoch", [(#"hagen_member_epoch{cluster=~"$cluster"}"#, "{{instance}}")], unit: "none",
            description: "Each step up is a new active member.", width: 8)
        panels.lines(
            "Permit left", [(#"hagen_member_permit_remaining_seconds{cluster=~"$cluster"}"#, "{{instance}}")],
            unit: "s", description: "Until the active member must stop, if it renews no more.", width: 8)
        panels.lines(
            "Restarts in five minutes",
            [(#"increase(hagen_workload_restarts_total{cluster=~"$cluster"}[5m])"#, "{{instance}}")],
            unit: "none", width: 8)
    }

    private static func addBalancer(_ panels: inout GrafanaPanels) {
        panels.row("Balancer $balancer", forEach: "balancer")
        panels.lines(
            "Requests and connections a second",
            [
                (
                    #"rate(hagen_balancer_requests_total{balancer=~"$balancer"}[$__rate_interval])"#,
                    "requests, {{instance}}"
                ),
                (
                    #"rate(hagen_balancer_connections_total{balancer=~"$balancer"}[$__rate_interval])"#,
                    "connections, {{instance}}"
                ),
            ], unit: "ops", width: 8)
        panels.lines(
            "Failures a second",
            [
                (#"rate(hagen_balancer_failures_total{balancer=~"$balancer"}[$__rate_interval])"#, "{{instance}}"),
                (
                    #"sum by (backend) (rate(hagen_backend_failures_total{balancer=~"$balancer"}[$__rate_interval]))"#,
                    "of {{backend}}"
                ),
            ], unit: "ops", width: 8)
        panels.lines(
            "Open connections", [(#"hagen_balancer_connections{balancer=~"$balancer"}"#, "{{instance}}")],
            unit: "none", width: 8)
        panels.states(
            "Backends", [(#"min by (backend) (hagen_backend_healthy{balancer=~"$balancer"})"#, "{{backend}}")],
            on: "healthy", off: "unhealthy", offColour: "red",
            description: "Unhealthy where one of the balancer's hosts says so.", width: 12)
        panels.lines(
            "Served a second",
            [
                (
                    #"sum by (backend) (rate(hagen_backend_served_total{balancer=~"$balancer"}[$__rate_interval]))"#,
                    "{{backend}}"
                )
            ], unit: "ops", width: 12)
    }

    // MARK: The hosts

    static func hosts(_ release: Release) -> GrafanaDashboard {
        var panels = GrafanaPanels()
        let names = release.hosts.filter { $0.monitor != nil }.map(\.name)
        addProcessor(&panels)
        addDisk(&panels)
        addNetwork(&panels)
        return GrafanaDashboard(
            uid: uid(release, "hosts"), title: "\(release.name): hosts",
            description: "What the hosts of topology \(release.name) do.", tags: ["hagen", release.name],
            panels: panels.panels, templating: .init(list: [.datasource, .names("host", label: "Host", names)]))
    }

    private static func addProcessor(_ panels: inout GrafanaPanels) {
        panels.row("Processor and memory")
        panels.lines(
            "Processor", [(#"instance:node_cpu_utilisation:rate1m{instance=~"$host"}"#, "{{instance}}")],
            unit: "percentunit", width: 8, maximum: 1)
        panels.lines("Load", [(#"node_load1{instance=~"$host"}"#, "{{instance}}")], unit: "none", width: 8)
        panels.lines(
            "Memory", [(#"instance:node_memory_utilisation:ratio{instance=~"$host"}"#, "{{instance}}")],
            unit: "percentunit", width: 8, maximum: 1)
        panels.lines(
            "Waiting for a resource",
            ["cpu", "io", "memory"].map { resource in
                (
                    #"rate(node_pressure_\#(resource)_waiting_seconds_total{instance=~"$host"}[$__rate_interval])"#,
                    "\(resource), {{instance}}"
                )
            }, unit: "percentunit", description: "The share of time in which some task waited.", width: 12)
        panels.lines(
            "Age of the last heartbeat",
            [(#"hagen_peer_heartbeat_age_seconds{instance=~"$host"}"#, "{{peer}} seen by {{instance}}")], unit: "s",
            width: 12)
    }

    private static func addDisk(_ panels: inout GrafanaPanels) {
        panels.row("Disk")
        panels.lines(
            "Space used", [(#"hagen_filesystem_used_ratio{instance=~"$host"}"#, "{{instance}} {{mountpoint}}")],
            unit: "percentunit", width: 12, maximum: 1)
        panels.lines(
            "Read and written",
            [
                (
                    #"rate(node_disk_read_bytes_total{instance=~"$host"}[$__rate_interval])"#,
                    "read, {{instance}} {{device}}"
                ),
                (
                    #"rate(node_disk_written_bytes_total{instance=~"$host"}[$__rate_interval])"#,
                    "written, {{instance}} {{device}}"
                ),
            ], unit: "Bps", width: 12)
    }

    private static func addNetwork(_ panels: inout GrafanaPanels) {
        panels.row("Network")
        panels.lines(
            "Received and sent",
            [
                (
                    #"rate(node_network_receive_bytes_total{instance=~"$host",device!="lo"}[$__rate_interval])"#,
                    "received, {{instance}} {{device}}"
                ),
                (
                    #"rate(node_network_transmit_bytes_total{instance=~"$host",device!="lo"}[$__rate_interval])"#,
                    "sent, {{instance}} {{device}}"
                ),
            ], unit: "Bps", width: 12)
        panels.lines(
            "Errors and drops a second",
            ["receive_errs", "receive_drop", "transmit_errs", "transmit_drop"].map { column in
                (
                    #"rate(node_network_\#(column)_total{instance=~"$host",device!="lo"}[$__rate_interval])"#,
                    "\(column.replacing("_", with: " ")), {{instance}} {{device}}"
                )
            }, unit: "ops", width: 12)
    }

    // MARK: Shared

    /// The same for the same topology, so that an import replaces the one before. At most 40 characters, as Grafana
    /// wants it.
    private static func uid(_ release: Release, _ kind: String) -> String {
        let digits = String(AddressPlan.hash(release.name), radix: 16)
        return "hagen-" + String(repeating: "0", count: 8 - digits.count) + digits + "-" + kind
    }

    private static func step(
        _ colour: String, _ value: Double? = nil
    ) -> GrafanaDashboard.FieldConfiguration.Thresholds.Step {
        .init(color: colour, value: value)
    }
}
