internal import Hagen
internal import HagenDeploy

/// How a lab is, for a person: a line for every host, and below it one for each of its parts.
struct StatusTable {
    private let status: LabStatus
    private let terminal: Terminal
    private let vacancies: [Vacancy]

    init(_ status: LabStatus, vacancies: [Vacancy], terminal: Terminal) {
        self.status = status
        self.vacancies = vacancies
        self.terminal = terminal
    }

    var text: String {
        var lines: [String] = []
        if let coordinator = status.coordinator {
            lines.append(terminal.styled("coordinator", .bold) + "  " + described(coordinator, named: "store"))
        }
        for host in status.hosts { lines += self.lines(of: host) }
        lines += vacancies.map { terminal.styled($0.text(LocalTime.text), .red) }
        lines.append(firing)
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of host: LabStatus.Host) -> [String] {
        var lines = [
            terminal.styled(host.name, .bold) + "  \(host.address)  zone \(host.zone)  "
                + host.engines.map { described($0, named: $0.engine.rawValue) }.joined(separator: "  ")
        ]
        if host.storeReachable == false { lines.append("  " + terminal.styled("the store cannot be reached", .red)) }
        if let drained = host.drained { lines.append("  " + terminal.styled("drained \(said(drained))", .yellow)) }
        for (row, cluster) in zip(aligned(host.clusters.map { cells(of: $0) }), host.clusters) {
            lines.append(row)
            lines += notes(on: cluster)
        }
        if let heard = heard(by: host) { lines.append(heard) }
        lines += aligned(host.balancers.map { cells(of: $0) })
        return lines
    }

    private func described(_ engine: LabStatus.EngineState, named name: String) -> String {
        switch engine.state {
        case .up: "\(name) \(terminal.styled("up", .green))"
        case .silent: "\(name) \(terminal.styled("silent", .yellow))"
        case .frozen: "\(name) \(terminal.styled("frozen", .yellow))"
        case .down: "\(name) \(terminal.styled("down", .red))"
        }
    }

    private func said(_ note: OrderNote) -> String {
        "by \(note.by) since \(LocalTime.text(note.since))" + (note.reason.map { ": \($0)" } ?? "")
    }

    private func cells(of cluster: FailoverStatus.Cluster) -> [String] {
        var cells = ["  \(cluster.name)", cluster.role.rawValue]
        cells.append(cluster.epoch == 0 ? "" : "epoch \(cluster.epoch)")
        cells.append("\(cluster.workload.rawValue)" + (cluster.processID.map { " (process \($0))" } ?? ""))
        cells.append(cluster.leaseAge.map { "lease \($0.rounded) old" } ?? "")
        cells.append(cluster.permitRemaining.map { "permit \($0.rounded)" } ?? "")
        cells.append(cluster.restarts == 0 ? "" : "restarts \(cluster.restarts)")
        return cells
    }

    /// What is not as it is on a quiet day.
    private func notes(on cluster: FailoverStatus.Cluster) -> [String] {
        var notes: [(text: String, style: Terminal.Style)] = []
        if let pause = cluster.pause { notes.append(("paused \(said(pause))", .yellow)) }
        if let order = cluster.switchover {
            let target = order.target.map { " to \($0)" } ?? ""
            let when = order.notBefore.map { " at \(LocalTime.text($0))" } ?? ""
            notes.append(
                ("switches over\(target)\(when) if epoch \(order.epoch) lasts, ordered \(said(order.note))", .yellow))
        }
        if cluster.isOnPromises {
            notes.append(("on promises: the store is lost, every member has promised to wait", .yellow))
        }
        if let gate = cluster.gate { notes.append(("its gate is closed: \(gate)", .yellow)) }
        if let problem = cluster.problem, problem != cluster.gate, cluster.pause == nil || cluster.gate == nil {
            notes.append(("would not take over: \(problem)", .yellow))
        }
        if cluster.role == .active, !cluster.addresses.isEmpty {
            notes.append(("carries \(cluster.addresses.joined(separator: ", "))", .faint))
        }
        if let data = cluster.data { notes += self.notes(on: data, of: cluster) }
        return notes.map { "    " + terminal.styled($0.text, $0.style) }
    }

    /// Who has how much of the data, and whom writes wait for.
    private func notes(
        on data: DataStatus, of cluster: FailoverStatus.Cluster
    ) -> [(text: String, style: Terminal.Style)] {
        var notes: [(text: String, style: Terminal.Style)] = []
        if let primary = data.primary, let epoch = data.primaryEpoch, let published = data.published {
            notes.append(("data of \(primary) since epoch \(epoch), last known at \(published)", .faint))
        }
        if !data.members.isEmpty {
            let words = data.members.map { member -> String in
                guard let bytes = member.lagInBytes else { return "\(member.host) of another history" }
                return "\(member.host) \(bytes)B" + (member.lag.map { " (\($0.rounded))" } ?? "")
            }
            let isParted = data.members.contains { $0.lagInBytes == nil }
            notes.append(("behind: \(words.joined(separator: ", "))", isParted ? .yellow : .faint))
        }
        for set in data.synchronousSets {
            let isExposed = set.acknowledgements == 0
            let whom =
                isExposed ? "nobody" : "any \(set.acknowledgements) of \(set.standbys.joined(separator: ", "))"
            notes.append(("writes of \(set.primary) wait for \(whom)", isExposed ? .yellow : .faint))
        }
        return notes
    }

    /// When the agent last heard the others, and how suspicious their silence is.
    private func heard(by host: LabStatus.Host) -> String? {
        guard !host.peers.isEmpty else { return nil }
        var suspicions: [String: Double] = [:]
        for suspicion in host.clusters.flatMap(\.suspicions) {
            suspicions[suspicion.host] = max(suspicions[suspicion.host] ?? 0, suspicion.value)
        }
        let words = host.peers.map { peer -> String in
            guard let age = peer.age else { return "\(peer.host) never" }
            let suspicion = suspicions[peer.host].map { " (φ \(($0 * 10).rounded() / 10))" } ?? ""
            return "\(peer.host) \(age.rounded) ago\(suspicion)"
        }
        return "  " + terminal.styled("heard \(words.joined(separator: ", "))", .faint)
    }

    private func cells(of listener: BalancerStatus.Listener) -> [String] {
        let healthy = listener.backends.count { $0.healthy }
        let eligible = listener.backends.count { $0.eligible }
        var cells = [
            "  \(listener.name)",
            listener.listen.map { "\(listener.wireProtocol.rawValue)://\($0)" }.joined(separator: " "),
            "backends \(healthy) healthy, \(eligible) eligible of \(listener.backends.count)",
            "connections \(listener.connections)",
        ]
        cells.append(
            listener.wireProtocol == .http ? "requests \(listener.requests)" : "accepted \(listener.totalConnections)")
        cells.append(listener.failures == 0 ? "" : "failures \(listener.failures)")
        return cells
    }

    private var firing: String {
        let alerts = status.hosts.flatMap { host in
            host.alerts.filter { $0.state == .firing }.map { "\($0.name) on \(host.name)" }
        }
        return alerts.isEmpty
            ? "no alert is firing" : terminal.styled("firing: " + alerts.joined(separator: ", "), .red)
    }

    /// Pads every column to its widest cell; nothing hangs over at the end of a line.
    private func aligned(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) where width > 0 {
                line += cell + String(repeating: " ", count: width - cell.count) + "  "
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

extension Duration {
    /// Whole milliseconds, from 10 s on whole seconds.
    fileprivate var rounded: String {
        let unit: Int64 = self < .seconds(10) ? 1_000_000 : 1_000_000_000
        return Duration.nanoseconds(nanoseconds / unit * unit).text
    }
}
