import Hagen

extension SampleTopologies {
    /// Everything that monitoring can say, with texts that a careless writer would turn into something else.
    static var monitored: Model.Topology {
        var topology = shop
        topology.name = "monitored"
        topology.monitoring = Model.Monitoring(
            interval: .seconds(2),
            receivers: ["nobody", "team", "log", "it's: #1"].map {
                Model.Receiver(name: $0, channel: .webhook(url: .plain("http://127.0.0.1:9099/hook?a=b&c=%20#d")))
            },
            alerts: [
                alert("down", "hagen_workload_up == 0", severity: "critical"),
                alert("own: \"one\"", "hagen_backend_healthy{balancer=\"web\"} == 0", receivers: ["it's: #1"]),
                alert("own two", "hagen_engine_up < 1", receivers: ["log", "team"]),
                Model.Alert(
                    name: "disk \\ full", expression: #"hagen_filesystem_used_ratio{mountpoint!="/home"} > 0.95"#,
                    hold: .milliseconds(1500), keepFiring: .seconds(90),
                    labels: ["severity": "warning", "note": "{{ $value }}: yes"],
                    annotations: [
                        "summary": "{{ $labels.mountpoint }} of {{$labels.instance}} is at {{ $value }}",
                        "braces": "{{{ $value }}} {{ $labels.9 }} {{ printf \"%d\" 1 }} {{}} { {{ $value",
                        "lines": "one: two\n# three\n", "absent": "{{ $labels.absent }}.",
                    ]),
            ],
            routes: [
                Model.Route(match: ["alertname": "own two"], receivers: ["nobody"]),
                Model.Route(
                    match: ["severity": "critical", "cluster": "ledger"], receivers: ["team", "log"], continue: true),
                Model.Route(match: ["severity": "critical"], receivers: ["team"]),
                Model.Route(match: ["severity": "warning", "zone": ""], receivers: ["log"]),
                Model.Route(match: ["note": "a \"b\" \\ c, d\ne"], receivers: ["nobody", "log"]),
                Model.Route(match: ["instance": "a1"], receivers: ["nobody"], continue: true),
            ])
        return topology
    }

    private static func alert(
        _ name: String, _ expression: String, severity: String = "warning", receivers: [String] = []
    ) -> Model.Alert {
        Model.Alert(
            name: name, expression: expression, labels: ["severity": severity],
            annotations: ["summary": "{{ $labels.instance }}"], receivers: receivers)
    }
}
