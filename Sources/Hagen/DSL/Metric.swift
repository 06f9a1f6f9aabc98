/// Something measured, in the unit it is measured in. Compared with a value of that unit it is an alert's condition:
/// `.cpu > .percent(85)`.
public struct Metric<Value: MetricValue>: Sendable {
    let expression: String

    public static func > (metric: Self, value: Value) -> Condition { Condition(metric, ">", value) }
    public static func < (metric: Self, value: Value) -> Condition { Condition(metric, "<", value) }
    public static func >= (metric: Self, value: Value) -> Condition { Condition(metric, ">=", value) }
    public static func <= (metric: Self, value: Value) -> Condition { Condition(metric, "<=", value) }
    public static func == (metric: Self, value: Value) -> Condition { Condition(metric, "==", value) }
    public static func != (metric: Self, value: Value) -> Condition { Condition(metric, "!=", value) }
}

/// What an alert waits for, as PromQL.
public struct Condition: Sendable {
    let expression: String

    fileprivate init<Value>(_ metric: Metric<Value>, _ comparison: String, _ value: Value) {
        expression = "\(metric.expression) \(comparison) \(numberText(value.sampleValue))"
    }
}

/// What can be compared with a metric.
public protocol MetricValue: Sendable {
    /// As the metric's samples have it: a share of one, seconds, a count, or 0 and 1 for a state.
    var sampleValue: Double { get }
}

extension Ratio: MetricValue {
    public var sampleValue: Double { fraction }
}

extension Duration: MetricValue {
    public var sampleValue: Double { seconds }
}

extension Int: MetricValue {
    public var sampleValue: Double { Double(self) }
}

/// Whether something works.
public enum Health: MetricValue {
    case up, down

    public var sampleValue: Double { self == .up ? 1 : 0 }
}

extension Metric where Value == Ratio {
    /// The share of a host's processor time that is used, averaged over a minute.
    public static var cpu: Self { Self(expression: "instance:node_cpu_utilisation:rate1m") }
    /// The share of a host's memory that is not available.
    public static var memory: Self { Self(expression: "instance:node_memory_utilisation:ratio") }
    /// The share of a mounted file system that is used.
    public static func disk(_ mountPoint: String) -> Self {
        Self(expression: selector("hagen_filesystem_used_ratio", "mountpoint", mountPoint))
    }
    /// The share of a cluster's requests that were answered with 500 or above, over five minutes.
    public static func errors(of cluster: some NamedCluster) -> Self {
        let name = labelText(cluster.name)
        return Self(
            expression: """
                sum(rate(hagen_requests_total{cluster=\(name),code=~"5.."}[5m])) \
                / sum(rate(hagen_requests_total{cluster=\(name)}[5m]))
                """)
    }
}

extension Metric where Value == Duration {
    /// The time to a cluster's response at a quantile (0 to 1), over five minutes: `.latency(0.99, of: api)`.
    public static func latency(_ quantile: Double, of cluster: some NamedCluster) -> Self {
        let buckets = selector("hagen_request_duration_seconds_bucket", "cluster", cluster.name)
        return Self(
            expression: "histogram_quantile(\(numberText(quantile)), sum by (le) (rate(\(buckets)[5m])))")
    }
}

extension Metric where Value == Int {
    /// The healthy backends of a balancer, as each of its hosts sees them.
    public static func healthyBackends(of balancer: some NamedBalancer) -> Self {
        Self(expression: selector("hagen_balancer_backends_healthy", "balancer", balancer.name))
    }
    /// The clients that are connected to a balancer now, on each of its hosts.
    public static func connections(of balancer: some NamedBalancer) -> Self {
        Self(expression: selector("hagen_balancer_connections", "balancer", balancer.name))
    }
    /// The starts of a cluster's workload after an unexpected end, on each of its hosts.
    public static func restarts(of cluster: some NamedCluster) -> Self {
        Self(expression: selector("hagen_workload_restarts_total", "cluster", cluster.name))
    }
}

extension Metric where Value == Health {
    /// Whether a cluster's workload runs, on each host where it should: `.workload(of: api) == .down`.
    public static func workload(of cluster: some NamedCluster) -> Self {
        Self(expression: selector("hagen_workload_up", "cluster", cluster.name))
    }
    /// Whether a backend passes its checks, for each backend of a balancer: `.backend(of: web) == .down`.
    public static func backend(of balancer: some NamedBalancer) -> Self {
        Self(expression: selector("hagen_backend_healthy", "balancer", balancer.name))
    }
    /// Whether the failover agent of a host reaches the store: `.store == .down`.
    public static var store: Self { Self(expression: "hagen_store_reachable") }
}

private func selector(_ metric: String, _ label: String, _ value: String) -> String {
    "\(metric){\(label)=\(labelText(value))}"
}

/// The text in quotes, escaped as PromQL reads it.
private func labelText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result += "\\\\"
        case "\"": result += "\\\""
        case "\n": result += "\\n"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// The shortest text of the number; whole ones without a fraction.
private func numberText(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
