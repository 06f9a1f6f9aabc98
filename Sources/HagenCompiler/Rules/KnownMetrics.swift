internal import PromQL

/// The metrics that a monitor collects, as rules know them: their labels and the values that they can have. A test
/// holds the names against those that the monitor describes in /metrics.
enum KnownMetrics {
    struct Metric: Equatable {
        var values: MetricValues
        /// Those that every series of it carries; `nil` where it depends on the host.
        var labels: [String]?
    }

    /// `nil` where nobody measures it.
    static func named(_ name: String) -> Metric? {
        if let metric = table[name] { return metric }
        // What /proc/meminfo has depends on the kernel; each of its names begins with a capital letter.
        guard name.hasPrefix("node_memory_"), name.dropFirst("node_memory_".count).first?.isUppercase == true else {
            return nil
        }
        return Metric(values: .amount, labels: nil)
    }

    static let names = table.keys.sorted()

    /// What people write who come from other tools.
    static let synonyms = [
        "up": "hagen_engine_up",
        "node_cpu_utilisation": "instance:node_cpu_utilisation:rate1m",
        "node_cpu_utilization": "instance:node_cpu_utilisation:rate1m",
        "node_memory_utilisation": "instance:node_memory_utilisation:ratio",
        "node_memory_utilization": "instance:node_memory_utilisation:ratio",
        "node_filesystem_used_ratio": "hagen_filesystem_used_ratio",
    ]
    static let labelSynonyms = [
        "host": "instance", "node": "instance", "hostname": "instance", "server": "backend", "member": "backend",
        "service": "cluster", "listener": "balancer",
    ]

    private static let table: [String: Metric] = {
        var table: [String: Metric] = [:]
        func add(_ names: String, _ values: MetricValues, _ labels: [String]? = []) {
            for name in names.split(whereSeparator: \.isWhitespace) {
                table[String(name)] = Metric(values: values, labels: labels.map { $0 + ["instance"] })
            }
        }
        add("instance:node_cpu_utilisation:rate1m instance:node_memory_utilisation:ratio", .share)
        add("hagen_filesystem_used_ratio", .share, nil)
        add("hagen_host_info", .one, ["topology", "zone"])
        add("ALERTS", .one, nil)
        add("hagen_store_reachable", .flag)
        add("hagen_engine_up", .flag, ["engine"])
        add("hagen_engine_uptime_seconds", .amount, ["engine"])
        add("hagen_member_active hagen_workload_up", .flag, ["cluster"])
        add("hagen_member_epoch hagen_workload_restarts_total", .count, ["cluster"])
        // Negative for a moment, where a member is late to stop.
        add("hagen_member_permit_remaining_seconds", .any, ["cluster"])
        add("hagen_peer_heartbeat_age_seconds", .amount, ["peer"])
        add(
            """
            hagen_balancer_backends_healthy hagen_balancer_connections hagen_balancer_connections_total
            hagen_balancer_failures_total hagen_balancer_requests_total
            """, .count, ["balancer"])
        add("hagen_backend_healthy hagen_backend_eligible", .flag, ["balancer", "backend"])
        add(
            "hagen_backend_connections hagen_backend_failures_total hagen_backend_served_total", .count,
            ["balancer", "backend"])
        add("hagen_coordinator_keys hagen_coordinator_revision hagen_coordinator_watchers", .count)
        add("hagen_monitor_alerts", .count, ["state"])
        add("hagen_monitor_collection_seconds", .amount)
        add(
            """
            hagen_monitor_collections_total hagen_monitor_missed_collections_total
            hagen_monitor_notifications_dropped_total hagen_monitor_notifications_failed_total
            hagen_monitor_notifications_sent_total hagen_monitor_notifications_waiting
            hagen_monitor_refused_samples_total hagen_monitor_refused_series_total hagen_monitor_series
            """, .count)
        addHost(add)
        return table
    }()

    /// Those of the host, under node_exporter's names.
    private static func addHost(_ add: (String, MetricValues, [String]?) -> Void) {
        add("node_filesystem_readonly node_filesystem_device_error node_scrape_collector_success", .flag, nil)
        add(
            """
            node_boot_time_seconds node_cpu_guest_seconds_total node_cpu_seconds_total node_filesystem_avail_bytes
            node_filesystem_files node_filesystem_files_free node_filesystem_free_bytes node_filesystem_size_bytes
            node_pressure_cpu_waiting_seconds_total node_pressure_io_stalled_seconds_total
            node_pressure_io_waiting_seconds_total node_pressure_memory_stalled_seconds_total
            node_pressure_memory_waiting_seconds_total node_time_seconds node_load1 node_load5 node_load15
            node_context_switches_total node_forks_total node_intr_total node_procs_blocked node_procs_running
            """, .amount, nil)
        let disk = """
            reads_completed_total reads_merged_total read_bytes_total read_time_seconds_total writes_completed_total
            writes_merged_total written_bytes_total write_time_seconds_total io_now io_time_seconds_total
            io_time_weighted_seconds_total discards_completed_total discards_merged_total discarded_sectors_total
            discard_time_seconds_total flush_requests_total flush_requests_time_seconds_total
            """
        for column in disk.split(whereSeparator: \.isWhitespace) { add("node_disk_\(column)", .amount, nil) }
        let network = ["bytes", "packets", "errs", "drop", "fifo", "compressed"]
        for column in network.flatMap({ ["receive_\($0)", "transmit_\($0)"] })
            + ["receive_frame", "receive_multicast", "transmit_colls", "transmit_carrier"]
        {
            add("node_network_\(column)_total", .amount, nil)
        }
        add("node_memory_MemAvailable_bytes node_memory_MemFree_bytes node_memory_MemTotal_bytes", .amount, nil)
    }
}

/// The values that a metric can have: all numbers, or all whole ones, between two of them.
struct MetricValues: Equatable {
    var least, greatest: Double
    var areWhole: Bool

    init(_ least: Double, _ greatest: Double, areWhole: Bool) {
        self.least = least
        self.greatest = greatest
        self.areWhole = areWhole
    }

    static let share = MetricValues(0, 1, areWhole: false)
    static let flag = MetricValues(0, 1, areWhole: true)
    static let one = MetricValues(1, 1, areWhole: true)
    static let count = MetricValues(0, .infinity, areWhole: true)
    static let amount = MetricValues(0, .infinity, areWhole: false)
    static let any = MetricValues(-.infinity, .infinity, areWhole: false)

    private func contain(_ number: Double) -> Bool {
        number >= least && number <= greatest && number.isFinite && (!areWhole || number == number.rounded())
    }

    /// Whether the comparison can hold.
    func allow(_ comparison: Comparison, _ number: Double) -> Bool {
        switch comparison {
        case .equal: contain(number)
        case .notEqual: !(least == greatest && number == least)
        case .less: least < number
        case .lessOrEqual: least <= number
        case .greater: greatest > number
        case .greaterOrEqual: greatest >= number
        }
    }

    /// Whether the comparison holds for each of them.
    func force(_ comparison: Comparison, _ number: Double) -> Bool {
        switch comparison {
        case .equal: least == greatest && number == least
        case .notEqual: !contain(number)
        case .less: greatest < number
        case .lessOrEqual: greatest <= number
        case .greater: least > number
        case .greaterOrEqual: least >= number
        }
    }

    /// In the words of a message.
    var text: String {
        if least == greatest { return "always \(formatted(least))" }
        if self == .flag { return "0 or 1" }
        if least == -.infinity { return "any number" }
        return greatest == .infinity ? "0 or more" : "\(formatted(least)) to \(formatted(greatest))"
    }
}
