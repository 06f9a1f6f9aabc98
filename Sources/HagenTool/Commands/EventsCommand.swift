internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenDeploy

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Tells what the failover agents decided, and why: all hosts, by time.",
        discussion: """
            Each agent keeps its last 2000 events over restarts. Times are those of each host's clock, shown in local
            time. With --evidence a second line says what was known of the lease and of the other members.

            For example:
              hagen events --cluster counter --since 10m --evidence
              hagen events --follow

            Exit codes: 0 shown, 1 no agent answers, 64 wrong usage.
            """)

    @Option(help: "Only of this cluster.")
    var cluster: String?
    @Option(help: "Only since then: a time like 2026-11-24T02:00, or how long ago, like 10m.")
    var since: String?
    @Option(help: "At most so many of each host, the newest.")
    var limit = EventQuery.maximumLimit
    @Flag(help: "What was known when each decision was made.")
    var evidence = false
    @Flag(help: "Go on with what comes, until Ctrl-C.")
    var follow = false
    @Flag(help: "As JSON, for other programs: an event a line.")
    var json = false
    @OptionGroup var place: LabOptions

    func validate() throws {
        if let since, LocalTime.moment(since) == nil, Duration(text: since) == nil {
            throw ValidationError("'\(since)' is no time; write it like 2026-11-24T02:00 or 10m")
        }
        if limit < 1 { throw ValidationError("'--limit' is at least 1") }
    }

    func run() async throws {
        let agents = try place.agents()
        let moment = since.flatMap { text in
            LocalTime.moment(text) ?? Duration(text: text).map { LocalTime.now + (.zero - $0) }
        }
        let (cluster, limit) = (cluster, limit)
        var (events, silent) = await agents.events { _ in EventQuery(cluster: cluster, since: moment, limit: limit) }
        if silent.count == agents.agents.count {
            throw DeployError("no failover agent answers: \(silent.joined(separator: ", "))")
        }
        if let cluster, events.isEmpty { try KnownNames(await agents.answers()).expect(cluster: cluster) }
        var table = EventTable(terminal: .output, showsEvidence: evidence)
        try show(events, &table)
        for host in silent { Terminal.error.line("\(host) does not answer: its events are missing") }
        if agents.isHost {
            Terminal.error.line("Only the events of this host: other hosts cannot be asked from here yet.")
        }
        var seen: [String: UInt64] = [:]
        while follow {
            for event in events { seen[event.host] = max(seen[event.host] ?? 0, event.number) }
            try await Task.sleep(for: .milliseconds(250))
            let known = seen
            events = await agents.events { host in
                let last = host.map { known[$0] } ?? known.values.max()
                return EventQuery(cluster: cluster, since: moment, after: last, limit: limit)
            }.events
            try show(events, &table)
        }
    }

    private func show(_ events: [EngineEvent], _ table: inout EventTable) throws {
        guard !events.isEmpty else { return }
        Terminal.output.write(json ? try events.map(JSONText.line).joined() : table.lines(of: events))
    }
}
