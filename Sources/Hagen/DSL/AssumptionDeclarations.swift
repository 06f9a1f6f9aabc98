/// How often parts fail and how long they stay away; a topology has one at most.
///
///     Assumptions(host: .failing(every: .days(180), for: .hours(1)), zone: .failing(every: .days(730), for: .hours(2)))
public struct Assumptions: TopologyContent {
    public let components: [Component]

    /// What is unsaid has a documented default.
    ///
    /// - Parameters:
    ///   - host: Of one host, its operating system included.
    ///   - zone: Of a zone as a whole: all its hosts at once.
    ///   - workload: Of a workload on one host that stays up.
    ///   - maintenance: Planned work that takes one host out of service at a time.
    public init(
        host: Failures? = nil, zone: Failures? = nil, workload: Failures? = nil, maintenance: PlannedWork? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        let assumptions = Model.Assumptions(host: host, zone: zone, workload: workload, maintenance: maintenance)
        let span = SourceSpan(file: filePath, line: line, column: column)
        components = [Component(declaration: .assumptions(Declared(assumptions, at: span)))]
    }
}

/// How often one part fails, and for how long: `.failing(every: .days(180), for: .hours(1))`.
public typealias Failures = Model.Failures
/// Work that somebody does regularly: `.every(.days(30), for: .minutes(15))`.
public typealias PlannedWork = Model.PlannedWork

extension Model.Failures {
    /// - Parameters:
    ///   - interval: From one failure to the next, on average.
    ///   - repair: From a failure until the part serves again, on average.
    public static func failing(every interval: Duration, for repair: Duration) -> Self {
        Self(meanTimeBetweenFailures: interval, meanTimeToRepair: repair)
    }
}

extension Model.PlannedWork {
    /// - Parameters:
    ///   - interval: From one time to the next on the same host.
    ///   - duration: How long the host is out of service.
    public static func every(_ interval: Duration, for duration: Duration) -> Self {
        Self(every: interval, duration: duration)
    }
}

/// A warning of the compiler that the team knows of and accepts.
///
///     Allow("HG0107", because: "there is only one data centre")
public struct Allow: TopologyContent {
    public let components: [Component]

    /// - Parameters:
    ///   - code: The code of the warning; errors cannot be accepted.
    ///   - reason: For whoever reads the topology next year.
    public init(
        _ code: String, because reason: String,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) {
        let allowance = Model.Allowance(code: code, reason: reason)
        let span = SourceSpan(file: filePath, line: line, column: column)
        components = [Component(declaration: .allowance(Declared(allowance, at: span)))]
    }
}
