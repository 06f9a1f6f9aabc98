internal import Hagen

/// Events for a person: a line each, in columns that grow where they must and never shrink.
struct EventTable {
    private let terminal: Terminal
    private let showsEvidence: Bool
    private var widths = [0, 0, 0, 0]
    private var isBegun = false

    init(terminal: Terminal, showsEvidence: Bool) {
        self.terminal = terminal
        self.showsEvidence = showsEvidence
    }

    mutating func lines(of events: [EngineEvent]) -> String {
        let rows = events.map { event in
            [
                event.host, event.cluster ?? "-", event.epoch == 0 ? "-" : String(event.epoch), event.kind.rawValue,
            ]
        }
        let head = ["HOST", "CLUSTER", "EPOCH", "KIND"]
        for row in rows + [head] {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        var text = ""
        let timeWidth = LocalTime.text(LocalTime.now).count
        if !isBegun {
            text += terminal.styled(padded("TIME", timeWidth) + joined(head) + "WHAT AND WHY", .bold) + "\n"
            isBegun = true
        }
        let indent = String(repeating: " ", count: timeWidth + 2 + widths.reduce(0) { $0 + $1 + 2 })
        for (event, row) in zip(events, rows) {
            text += padded(LocalTime.text(event.time), timeWidth) + styled(joined(row), event.kind) + event.words + "\n"
            if showsEvidence, let evidence = event.evidence {
                for fact in evidence.split(separator: ";") {
                    text += indent + terminal.styled(fact.drop { $0 == " " }.description, .faint) + "\n"
                }
            }
        }
        return text
    }

    private func joined(_ row: [String]) -> String {
        row.enumerated().map { padded($1, widths[$0]) }.joined()
    }

    private func padded(_ cell: String, _ width: Int) -> String {
        cell + String(repeating: " ", count: max(width - cell.count, 0) + 2)
    }

    private func styled(_ text: String, _ kind: EventKind) -> String {
        switch kind {
        case .active, .adopted, .protected, .failsafeEnded, .storeReached: terminal.styled(text, .green)
        case .expired, .lost, .held, .workloadEnded, .workloadKilled, .checkFailed, .storeLost, .supervisorLost,
            .supervisorKilled, .forced, .exposed, .fencingFailed, .addressDuplicate, .hookFailed:
            terminal.styled(text, .red)
        case .failsafeBegun, .refused, .paused, .drained, .suspected, .fencing, .fenced, .orderVoid:
            terminal.styled(text, .yellow)
        default: text
        }
    }
}
