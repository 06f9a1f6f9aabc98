internal import ArgumentParser
internal import Hagen
internal import HagenDeploy

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Hands over whatever is active on a host, and lets nothing become active there.",
        discussion: """
            What no other member can take over stays: a member that should not serve is better than none. It is handed
            over as soon as another can. Members without a lease that others could take (load balancing, active-active)
            go on. 'hagen resume HOST' ends it.

            For example:
              hagen drain alpha --reason 'new disks'
              hagen resume alpha

            Exit codes: 0 nothing is active there any more, 1 something stays or failed, 64 wrong usage.
            """)

    @Argument(help: "The host.")
    var host: String
    @Option(help: "For the log and the status: why.")
    var reason: String?
    @Flag(inversion: .prefixedNo, help: "Wait until what was active there is handed over.")
    var wait = true
    @Option(help: "How long to wait at most, such as 30s; left out: 10s.", transform: TimeLimit.read)
    var timeout: Duration = .seconds(10)
    @Flag(help: "As JSON, for other programs.")
    var json = false
    @OptionGroup var place: LabOptions

    private struct Report: Encodable {
        var host: String
        /// Clusters that are still active there.
        var remaining: [String]?
    }

    func run() async throws {
        let agents = try place.agents()
        try KnownNames(await agents.answers()).expect(host: host)
        let answer = try await agents.order(OrderRequest(.drain(host: host), reason: reason))
        if !json { Terminal.output.line(answer.words) }
        var report = Report(host: host)
        if wait {
            report.remaining = await OrderOutcome(of: agents).drain(of: host, within: timeout)
        }
        if json { Terminal.output.line(try JSONText.of(report)) }
        guard let remaining = report.remaining else { return }
        guard remaining.isEmpty else {
            throw DeployError(
                "still active on '\(host)' after \(timeout.text): \(remaining.joined(separator: ", "))",
                advice: "No other member can take over; 'hagen status' says why of each.")
        }
        if !json {
            Terminal.output.line(
                "no member with a lease is active on '\(host)' any more; what runs on every member stays")
        }
    }
}
