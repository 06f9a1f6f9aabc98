/// How grave an alert is: the label `severity` that everybody expects.
public enum Severity: String, Sendable {
    case info, warning, critical
}

/// How often the monitors measure and judge; a topology has one at most.
public struct Monitoring: TopologyContent {
    public let components: [Component]

    public init(
        every interval: Duration, filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        components = [
            Component(
                declaration: .monitoring(
                    interval: interval, SourceSpan(file: filePath, line: line, column: column)))
        ]
    }
}

/// Where notifications go. Never listed: naming one in an alert puts it into the topology.
public struct Receiver: Sendable {
    /// A way to reach somebody.
    public struct Channel: Sendable {
        let model: Model.Receiver.Channel

        /// An address that stands in the topology, for everybody to read.
        public static func webhook(_ url: String) -> Self { Self(model: .webhook(url: .plain(url))) }
        /// An address that is kept elsewhere: `.webhook(.credential("oncall-url"))`.
        public static func webhook(_ url: Credential) -> Self { Self(model: .webhook(url: .credential(url))) }
        /// A mail address.
        public static func email(to address: String) -> Self { Self(model: .email(to: address)) }
        /// Program and arguments.
        public static func command(_ command: [String]) -> Self { Self(model: .command(command)) }
    }

    let declared: Declared<Model.Receiver>

    public var name: String { declared.value.name }

    public init(
        _ name: String, _ channel: Channel, filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        declared = Declared(
            Model.Receiver(name: name, channel: channel.model),
            at: SourceSpan(file: filePath, line: line, column: column))
    }
}

/// A condition over what is measured that somebody must know of.
///
///     Alert("cpu-high", when: .cpu > .percent(85), for: .minutes(5), severity: .warning, notify: .oncall)
public struct Alert: TopologyContent {
    public let components: [Component]

    /// - Parameters:
    ///   - duration: How long the condition must hold before anybody is told; unsaid, not at all.
    ///   - keepFiring: How long the alert goes on firing after the condition has stopped holding.
    ///   - severity: Becomes the label `severity`.
    public init(
        _ name: String, when condition: Condition, for duration: Duration? = nil,
        keepFiringFor keepFiring: Duration? = nil, severity: Severity? = nil, labels: [String: String] = [:],
        annotations: [String: String] = [:], notify receivers: Receiver...,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        self.init(
            Model.Alert(
                name: name, expression: condition.expression, hold: duration, keepFiring: keepFiring,
                labels: labels, annotations: annotations),
            severity, receivers, at: SourceSpan(file: filePath, line: line, column: column))
    }

    /// - Parameter expression: PromQL; the alert is active for each series that it yields.
    public init(
        _ name: String, expression: String, for duration: Duration? = nil,
        keepFiringFor keepFiring: Duration? = nil, severity: Severity? = nil, labels: [String: String] = [:],
        annotations: [String: String] = [:], notify receivers: Receiver...,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        self.init(
            Model.Alert(
                name: name, expression: expression, hold: duration, keepFiring: keepFiring, labels: labels,
                annotations: annotations),
            severity, receivers, at: SourceSpan(file: filePath, line: line, column: column))
    }

    private init(_ model: Model.Alert, _ severity: Severity?, _ receivers: [Receiver], at span: SourceSpan) {
        var declared = Declared(model, at: span)
        if let severity { declared.value.labels["severity"] = severity.rawValue }
        declared.value.receivers = receivers.map(\.name)
        components = [Component(declaration: .alert(declared, receivers: receivers))]
    }
}

/// Which of the alerts that name no receiver go to whom: the first route that matches.
///
///     Route(["severity": "critical"], to: .oncall)
public struct Route: TopologyContent {
    public let components: [Component]

    /// - Parameters:
    ///   - match: Labels that an alert must have, each with this very value; unsaid, every alert matches.
    ///   - continuing: Whether the routes after it are looked at too.
    public init(
        _ match: [String: String] = [:], to receivers: Receiver..., continuing: Bool = false,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        let route = Model.Route(match: match, receivers: receivers.map(\.name), continue: continuing)
        let span = SourceSpan(file: filePath, line: line, column: column)
        components = [Component(declaration: .route(Declared(route, at: span), receivers: receivers))]
    }
}

/// What a cluster promises.
public struct Objective: TopologyContent {
    public let components: [Component]

    /// - Parameters:
    ///   - window: The time over which the availability is counted.
    ///   - recoveryTime: How long an outage may last at most.
    ///   - recoveryPoint: How much acknowledged data may be lost at most, counted in time.
    public init(
        _ name: String, of cluster: some NamedCluster, availability: Ratio? = nil, window: Duration? = nil,
        recoveryTime: Duration? = nil, recoveryPoint: Duration? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        let objective = Model.Objective(
            name: name, cluster: cluster.name, availability: availability, window: window,
            recoveryTime: recoveryTime, recoveryPoint: recoveryPoint)
        let span = SourceSpan(file: filePath, line: line, column: column)
        components = [Component(declaration: .objective(Declared(objective, at: span)))]
    }
}
