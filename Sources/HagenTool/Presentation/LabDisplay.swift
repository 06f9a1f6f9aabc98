internal import Foundation
internal import Hagen
internal import HagenDeploy

/// What `hagen up` shows: on a terminal a table that is redrawn below the events, elsewhere a line for every change.
actor LabDisplay {
    private let terminal: Terminal
    /// Of the table that stands on the terminal now.
    private var drawnLines: [String] = []
    private var facts: [String: String] = [:]
    private var isReady = false

    init(terminal: Terminal) { self.terminal = terminal }

    /// Shows the lab's status again and again until the task is cancelled.
    func follow(_ lab: Lab) async {
        isReady = true
        while !Task.isCancelled {
            let status = await LabObserver.status(of: lab.record, in: lab.folders)
            if Task.isCancelled { return }
            if terminal.isInteractive {
                redraw(
                    StatusTable(status, vacancies: Vacancy.all(in: status, events: []), terminal: terminal).text.split(
                        separator: "\n"
                    ).map(String.init))
            } else {
                printChanges(to: StatusFacts(status))
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    func show(_ event: LabEvent) {
        // What goes wrong while everything starts is told as the reason why it ends.
        guard isReady else { return }
        line("\(Self.timeOfDay)  \(event)")
    }

    func line(_ text: String) {
        let table = drawnLines
        erase()
        terminal.line(text)
        if !table.isEmpty { redraw(table) }
    }

    /// Leaves the last table standing; what is printed from here on follows it.
    func finish() { drawnLines = [] }

    private func redraw(_ lines: [String]) {
        erase()
        // A line that is too long is cut by the terminal, not wrapped: the count of lines must stay true.
        let visible = Array(lines.prefix(max(terminal.height - 1, 1)))
        terminal.write("\u{1B}[?7l" + visible.joined(separator: "\n") + "\n\u{1B}[?7h")
        drawnLines = visible
    }

    private func erase() {
        if !drawnLines.isEmpty { terminal.write("\u{1B}[\(drawnLines.count)A\r\u{1B}[J") }
        drawnLines = []
    }

    private func printChanges(to new: StatusFacts) {
        for (subject, fact) in new.facts where facts[subject] != fact {
            facts[subject] = fact
            terminal.line("\(Self.timeOfDay)  \(subject): \(fact)")
        }
    }

    private static var timeOfDay: String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

/// A lab's status as sentences, one for each part, so that a change of one can be told.
struct StatusFacts {
    /// In the order in which they are told.
    let facts: [(subject: String, fact: String)]

    init(_ status: LabStatus) {
        var facts: [(subject: String, fact: String)] = []
        if let coordinator = status.coordinator { facts.append(("coordinator", coordinator.state.rawValue)) }
        for host in status.hosts {
            for engine in host.engines {
                facts.append(("\(host.name) \(engine.engine.rawValue)", engine.state.rawValue))
            }
            for cluster in host.clusters {
                let epoch = cluster.epoch == 0 ? "" : ", epoch \(cluster.epoch)"
                let process = cluster.processID.map { ", process \($0)" } ?? ""
                facts.append(
                    (
                        "\(host.name) member of \(cluster.name)",
                        "\(cluster.role.rawValue)\(epoch), \(cluster.workload.rawValue)\(process)"
                    ))
            }
            for listener in host.balancers {
                let backends = listener.backends.map { backend in
                    "\(backend.name) \(backend.eligible ? "eligible" : backend.healthy ? "healthy" : "unhealthy")"
                }
                facts.append(("\(host.name) balancer \(listener.name)", backends.joined(separator: ", ")))
            }
            for alert in host.alerts {
                facts.append(("\(host.name) alert \(alert.name)", alert.state.rawValue))
            }
        }
        self.facts = facts
    }
}
