import Testing

@testable import Hagen

/// Conditions become the PromQL that a person would write.
@Suite struct MetricTests {
    static let api = LoadBalancingCluster("api", running: .process("bin/api", port: 8080), on: [])
    static let web = HTTPBalancer("web", on: [], listen: 80, to: api.members)

    static let conditions: [(Condition, String)] = [
        (.cpu > .percent(85), "instance:node_cpu_utilisation:rate1m > 0.85"),
        (.memory >= .percent(99.9), "instance:node_memory_utilisation:ratio >= 0.999"),
        (.disk("/") > .percent(90), #"hagen_filesystem_used_ratio{mountpoint="/"} > 0.9"#),
        (.disk(#"/a "b"\c"# + "\n") > .percent(100), #"hagen_filesystem_used_ratio{mountpoint="/a \"b\"\\c\n"} > 1"#),
        (
            .latency(0.99, of: api) > .milliseconds(250),
            #"histogram_quantile(0.99, sum by (le) (rate(hagen_request_duration_seconds_bucket{cluster="api"}[5m]))) > 0.25"#
        ),
        (
            .errors(of: api) > .percent(1),
            #"sum(rate(hagen_requests_total{cluster="api",code=~"5.."}[5m])) / sum(rate(hagen_requests_total{cluster="api"}[5m])) > 0.01"#
        ),
        (.healthyBackends(of: web) < 2, #"hagen_balancer_backends_healthy{balancer="web"} < 2"#),
        (.connections(of: web) > 5000, #"hagen_balancer_connections{balancer="web"} > 5000"#),
        (.restarts(of: api) > 3, #"hagen_workload_restarts_total{cluster="api"} > 3"#),
        (.workload(of: api) == .down, #"hagen_workload_up{cluster="api"} == 0"#),
        (.workload(of: api) != .up, #"hagen_workload_up{cluster="api"} != 1"#),
        (.backend(of: web) == .down, #"hagen_backend_healthy{balancer="web"} == 0"#),
        (.store == .down, "hagen_store_reachable == 0"),
        (.cpu <= .percent(0), "instance:node_cpu_utilisation:rate1m <= 0"),
    ]

    @Test(arguments: conditions.indices)
    func expression(_ index: Int) {
        #expect(Self.conditions[index].0.expression == Self.conditions[index].1)
    }
}
