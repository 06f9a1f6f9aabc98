/// What a metric is, for readers of `/metrics`.
struct MetricDescription: Equatable {
    enum Kind: String { case counter, gauge, untyped }
    var kind: Kind
    var help: String
}

/// The descriptions of all metrics that the monitor knows by name or family.
enum MetricCatalogue {
    static func description(of metric: String) -> MetricDescription {
        if let help = named[metric] { return MetricDescription(kind: kind(of: metric), help: help) }
        let family = families.first { metric.hasPrefix($0.prefix) && !metric.dropFirst($0.prefix.count).isEmpty }
        guard let family else { return MetricDescription(kind: .untyped, help: "No description.") }
        return MetricDescription(
            kind: kind(of: metric), help: family.help + " \(metric.dropFirst(family.prefix.count)).")
    }

    /// Every counter's name ends in `_total`, and nothing else's does.
    private static func kind(of metric: String) -> MetricDescription.Kind {
        metric.hasSuffix("_total") ? .counter : .gauge
    }

    private static let families: [(prefix: String, help: String)] = [
        ("node_memory_", "From /proc/meminfo:"),
        ("node_network_", "From /proc/net/dev:"),
        ("node_disk_", "From /proc/diskstats:"),
    ]

    static let named: [String: String] = [
        "ALERTS": "Pending and firing alerts; always 1.",
        "node_boot_time_seconds": "When the kernel started, in seconds since 1970.",
        "node_context_switches_total": "Context switches.",
        "node_cpu_guest_seconds_total": "Seconds that each processor spent in virtual machines, by mode.",
        "node_cpu_seconds_total": "Seconds that each processor spent in each mode.",
        "node_filesystem_avail_bytes": "Space of the filesystem that everybody may use.",
        "node_filesystem_device_error": "Whether the filesystem could not be asked for its space.",
        "node_filesystem_files": "Inodes of the filesystem.",
        "node_filesystem_files_free": "Free inodes of the filesystem.",
        "node_filesystem_free_bytes": "Free space of the filesystem, that reserved for root included.",
        "node_filesystem_readonly": "Whether the filesystem is mounted read-only.",
        "node_filesystem_size_bytes": "Size of the filesystem.",
        "node_forks_total": "Processes and threads started.",
        "node_intr_total": "Interrupts served.",
        "node_load1": "Load average of 1 minute.",
        "node_load15": "Load average of 15 minutes.",
        "node_load5": "Load average of 5 minutes.",
        "node_pressure_cpu_waiting_seconds_total": "Seconds in which some task waited for a processor.",
        "node_pressure_io_stalled_seconds_total": "Seconds in which all tasks waited for input or output.",
        "node_pressure_io_waiting_seconds_total": "Seconds in which some task waited for input or output.",
        "node_pressure_memory_stalled_seconds_total": "Seconds in which all tasks waited for memory.",
        "node_pressure_memory_waiting_seconds_total": "Seconds in which some task waited for memory.",
        "node_procs_blocked": "Processes that wait for input or output.",
        "node_procs_running": "Processes that run or could run.",
        "node_scrape_collector_success": "Whether the collector could read its source.",
        "node_time_seconds": "The host's time, in seconds since 1970.",
        "instance:node_cpu_utilisation:rate1m":
            "Share of the last minute that the processors were not idle, 0 to 1.",
        "instance:node_memory_utilisation:ratio": "Share of the memory that is not available, 0 to 1.",
        "hagen_backend_connections": "Open connections to the backend.",
        "hagen_backend_eligible": "Whether the backend may be chosen: healthy, and in the role asked for.",
        "hagen_backend_failures_total": "Failed exchanges with the backend.",
        "hagen_backend_healthy": "Whether the backend's check passes.",
        "hagen_backend_served_total": "Requests (HTTP) or connections (TCP) that the backend served.",
        "hagen_balancer_backends_healthy": "Backends of the balancer whose check passes.",
        "hagen_balancer_connections": "Open connections of clients.",
        "hagen_balancer_connections_total": "Accepted connections of clients.",
        "hagen_balancer_failures_total": "Requests or connections that the balancer could not serve.",
        "hagen_balancer_requests_total": "Requests of clients.",
        "hagen_coordinator_keys": "Keys in the store.",
        "hagen_coordinator_revision": "The store's revision.",
        "hagen_coordinator_watchers": "Open watches on the store.",
        "hagen_engine_up": "Whether the engine answers on its control socket.",
        "hagen_engine_uptime_seconds": "Seconds since the engine's start.",
        "hagen_filesystem_used_ratio": "Used space through used and available space, 0 to 1.",
        "hagen_host_info": "The host's place in the topology; always 1.",
        "hagen_member_active": "Whether the host's member of the cluster is active.",
        "hagen_member_epoch": "The member's epoch, or the highest that it has seen.",
        "hagen_member_permit_remaining_seconds": "Seconds until the active member's permit ends.",
        "hagen_monitor_alerts": "Instances of alerts, by state.",
        "hagen_monitor_collection_seconds": "How long the last collection took.",
        "hagen_monitor_collections_total": "Collections made.",
        "hagen_monitor_missed_collections_total": "Collections left out because the one before took too long.",
        "hagen_monitor_notifications_dropped_total": "Resolved instances that a receiver was never told of.",
        "hagen_monitor_notifications_failed_total": "Failed attempts to send a notification.",
        "hagen_monitor_notifications_sent_total": "Notifications that arrived.",
        "hagen_monitor_notifications_waiting": "Alerts and receivers with a notification that has not arrived yet.",
        "hagen_monitor_refused_samples_total": "Samples refused because there are too many series.",
        "hagen_monitor_refused_series_total": "Series refused because an alert has too many instances.",
        "hagen_monitor_series": "Series kept.",
        "hagen_peer_heartbeat_age_seconds": "Seconds since the last greeting of the peer's agent.",
        "hagen_store_reachable": "Whether the agent's last exchange with the store succeeded.",
        "hagen_workload_restarts_total": "Starts of the workload after an unexpected end.",
        "hagen_workload_up": "Whether the workload runs.",
    ]
}
