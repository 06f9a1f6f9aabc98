internal import Hagen

/// Alerts over etcd's own metrics, which the hosts' monitors do not collect. A store that is full, slow or without a leader
/// halts every cluster, and each of these says so before it does.
enum PrometheusStoreRules {
    static let job = "hagen-store"

    private struct Rule {
        var name, expression, hold, severity, summary: String
    }

    private static let rules = [
        Rule(
            name: "no-leader", expression: #"etcd_server_has_leader{job="hagen-store"} == 0"#, hold: "5s",
            severity: "critical",
            summary: "The store's member on {{ $labels.instance }} has no leader: nobody can take over from anybody"),
        Rule(
            name: "member-lost", expression: #"up{job="hagen-store"} == 0"#, hold: "30s", severity: "warning",
            summary: "The store's member on {{ $labels.instance }} does not answer: the loss of another one may halt it"
        ),
        Rule(
            name: "leader-changes",
            expression: #"increase(etcd_server_leader_changes_seen_total{job="hagen-store"}[15m]) > 3"#, hold: "0s",
            severity: "warning",
            summary:
                "The store elects leaders again and again, as {{ $labels.instance }} sees it: slow disks or networks"),
        Rule(
            // Close to half of an election (`Defaults.storeElection`): a leader whose disk takes longer is about to lose its place.
            name: "slow-disk",
            expression:
                #"histogram_quantile(0.99, rate(etcd_disk_wal_fsync_duration_seconds_bucket{job="hagen-store"}[5m])) > 0.1"#,
            hold: "2m", severity: "warning",
            summary: "The store's disk on {{ $labels.instance }} takes {{ $value }} s for one write in a hundred"),
        Rule(
            name: "nearly-full",
            expression:
                #"etcd_mvcc_db_total_size_in_bytes{job="hagen-store"} > 0.8 * etcd_server_quota_backend_bytes{job="hagen-store"}"#,
            hold: "1m", severity: "critical",
            summary:
                "The store on {{ $labels.instance }} is nearly full: full, it takes no renewal, and every cluster halts"
        ),
    ]

    static var group: YAMLValue {
        .mapping([
            .init("name", .text(job)),
            .init(
                "rules",
                .list(
                    rules.map { rule in
                        .mapping([
                            .init("alert", .text("\(job)-\(rule.name)")), .init("expr", .text(rule.expression)),
                            .init("for", .text(rule.hold)), .init("labels", .texts(["severity": rule.severity])),
                            .init("annotations", .texts(["summary": rule.summary])),
                        ])
                    })),
        ])
    }
}
