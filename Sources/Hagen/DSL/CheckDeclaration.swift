/// A health check of a member, at run time.
///
/// As `check:` of a balancer it decides which members get traffic; in the braces of a failover cluster
/// (`Check.tcp(every: .seconds(1))`) it is what an active member must pass to stay active.
public struct Check: FailoverContent {
    let model: Model.Check
    public let part: ClusterPart

    private init(
        _ kind: Model.Check.Kind, _ every: Duration?, _ timeout: Duration?, _ rise: Int?, _ fall: Int?,
        at span: SourceSpan
    ) {
        model = Model.Check(kind, every: every, timeout: timeout, rise: rise, fall: fall)
        part = ClusterPart(declaration: .check(model), span: span)
    }

    /// `GET path` answers with one of the statuses.
    ///
    /// - Parameters:
    ///   - status: Empty stands for 200 to 399.
    ///   - contains: What the body must contain, if anything.
    ///   - rise: Successes in a row that make an unhealthy member healthy.
    ///   - fall: Failures in a row that make a healthy member unhealthy.
    public static func http(
        _ path: String, every: Duration? = nil, timeout: Duration? = nil, rise: Int? = nil, fall: Int? = nil,
        status: [Int] = [], contains: String? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) -> Check {
        Check(
            .http(path: path, status: status, contains: contains), every, timeout, rise, fall,
            at: SourceSpan(file: filePath, line: line, column: column))
    }

    /// The port accepts a connection.
    public static func tcp(
        every: Duration? = nil, timeout: Duration? = nil, rise: Int? = nil, fall: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) -> Check {
        Check(.tcp, every, timeout, rise, fall, at: SourceSpan(file: filePath, line: line, column: column))
    }

    /// The command (program and arguments) exits 0.
    public static func command(
        _ command: [String], every: Duration? = nil, timeout: Duration? = nil, rise: Int? = nil, fall: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) -> Check {
        Check(.command(command), every, timeout, rise, fall, at: SourceSpan(file: filePath, line: line, column: column))
    }

    /// The command follows the conventions of Nagios plugins: exit codes 0 and 1 pass.
    public static func nagios(
        _ command: [String], every: Duration? = nil, timeout: Duration? = nil, rise: Int? = nil, fall: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) -> Check {
        Check(.nagios(command), every, timeout, rise, fall, at: SourceSpan(file: filePath, line: line, column: column))
    }

    /// The database answers in the role that its cluster gives it.
    public static func role(
        every: Duration? = nil, timeout: Duration? = nil, rise: Int? = nil, fall: Int? = nil,
        filePath: String = #filePath, line: Int = #line, column: Int = #column
    ) -> Check {
        Check(.role, every, timeout, rise, fall, at: SourceSpan(file: filePath, line: line, column: column))
    }
}
