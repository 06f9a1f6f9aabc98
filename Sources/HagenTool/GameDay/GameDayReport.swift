internal import Hagen
internal import HagenSimulator

/// What came of the exercises of one cluster.
struct GameDayReport: Encodable {
    struct Exercise: Encodable {
        let fault: String
        let runs: Int
        let failovers: Int
        /// From the fault until clients are served for good; milliseconds.
        let recovery: Recovery
        /// The longest time in which clients were not served: shorter, where the active one serves on for a while; milliseconds.
        let longestInterruptionInMilliseconds: Double
        /// What the compiler computes, and with what comes on top of it.
        let computedBoundInMilliseconds: Double
        let boundInMilliseconds: Double
        let additions: [Addition]
        let violations: [Broken]
    }
    struct Addition: Encodable, Equatable {
        let what: String
        let milliseconds: Double
    }
    struct Recovery: Encodable {
        let shortestInMilliseconds: Double
        let medianInMilliseconds: Double
        let percentile99InMilliseconds: Double
        let longestInMilliseconds: Double
    }
    struct Broken: Encodable {
        let seed: UInt64
        let rule: String
        let text: String
    }
    let cluster: String
    let exercises: [Exercise]
    let virtualHours: Double
    let events: Int

    var violationCount: Int { exercises.reduce(0) { $0 + $1.violations.count } }

    init(cluster: String, day: GameDay, runs: [(fault: Fault.Kind, runs: [GameDay.Run])]) {
        self.cluster = cluster
        exercises = runs.compactMap { fault, runs in
            guard let times = Distribution(runs.map(\.recovery)) else { return nil }
            let bound = day.bound(of: fault)
            return Exercise(
                fault: fault.rawValue, runs: runs.count, failovers: runs.count { $0.isFailover },
                recovery: Recovery(
                    shortestInMilliseconds: times.shortest.milliseconds,
                    medianInMilliseconds: times.median.milliseconds,
                    percentile99InMilliseconds: times.percentile99.milliseconds,
                    longestInMilliseconds: times.longest.milliseconds),
                longestInterruptionInMilliseconds: (runs.map(\.interruption).max() ?? .zero).milliseconds,
                computedBoundInMilliseconds: bound.computed.milliseconds,
                boundInMilliseconds: bound.total.milliseconds,
                additions: bound.additions.map { Addition(what: $0.what, milliseconds: $0.duration.milliseconds) },
                violations: runs.compactMap { run in
                    run.violation.map { Broken(seed: run.seed, rule: $0.rule.rawValue, text: $0.text) }
                })
        }
        virtualHours = Double(runs.flatMap(\.runs).reduce(0) { $0 + $1.length }) / 3.6e12
        events = runs.flatMap(\.runs).reduce(0) { $0 + $1.events }
    }

    /// A table for people, one line a fault.
    func table(_ terminal: Terminal) -> String {
        let header = [
            "fault", "runs", "failovers", "min", "median", "p99", "max", "unserved", "computed", "bound", "violations",
        ]
        let rows = exercises.map { exercise in
            [
                exercise.fault, "\(exercise.runs)", "\(exercise.failovers)",
                Self.time(exercise.recovery.shortestInMilliseconds), Self.time(exercise.recovery.medianInMilliseconds),
                Self.time(exercise.recovery.percentile99InMilliseconds),
                Self.time(exercise.recovery.longestInMilliseconds),
                Self.time(exercise.longestInterruptionInMilliseconds),
                Self.time(exercise.computedBoundInMilliseconds), Self.time(exercise.boundInMilliseconds),
                "\(exercise.violations.count)",
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
        let lines = zip(exercises, rows).map { exercise, row in
            exercise.violations.isEmpty ? line(row) : terminal.styled(line(row), .red)
        }
        return ([terminal.styled(line(header), .bold)] + lines).joined(separator: "\n")
    }

    /// What stands between `computed` and `bound`, one line for the faults that have the same in between.
    var additions: [String] {
        var groups: [(additions: [Addition], faults: [String])] = []
        for exercise in exercises where !exercise.additions.isEmpty {
            if let index = groups.firstIndex(where: { $0.additions == exercise.additions }) {
                groups[index].faults.append(exercise.fault)
            } else {
                groups.append((exercise.additions, [exercise.fault]))
            }
        }
        return groups.map { group in
            let parts = group.additions.map { "\($0.what) \(Self.time($0.milliseconds))" }
            return "  \(group.faults.joined(separator: ", ")): \(parts.joined(separator: "; "))"
        }
    }

    private static func time(_ milliseconds: Double) -> String {
        milliseconds == 0 ? "0" : "\(Int(milliseconds.rounded(.up))) ms"
    }
}

extension Duration {
    /// To whole milliseconds, as people read it.
    var roundedUp: Duration { .milliseconds((nanoseconds + 999_999) / 1_000_000) }

    fileprivate var milliseconds: Double { Double(nanoseconds) / 1e6 }
}
