package import Hagen

/// How often parts fail and how long they stay away, with every default filled in, and where each figure comes from.
///
/// The defaults are meant for ordinary servers in rented data centres. They are orders of magnitude, not promises: a
/// team that knows better declares `assumptions`, and only with hosts and zones among them is a missed objective an error.
package struct FailureAssumptions: Equatable, Sendable {
    package var host, zone, workload: Model.Failures
    /// One host of the topology at a time.
    package var maintenance: Model.PlannedWork
    /// From the start of a workload, or its promotion, until it serves, where the topology does not say.
    package var start: Duration
    /// The topology declares the figures of hosts and of zones: the two on which availability depends most. Others have
    /// defaults that matter less.
    package var areDeclared: Bool
    /// One line a figure, for people.
    package var lines: [Line]

    package struct Line: Equatable, Sendable {
        /// What fails: `a host`.
        package var part: String
        /// `every 180d for 2h`
        package var figures: String
        /// `declared`, or where the default comes from.
        package var source: String
    }

    package init(_ declared: Model.Assumptions?) {
        host = declared?.host ?? Self.host
        zone = declared?.zone ?? Self.zone
        workload = declared?.workload ?? Self.workload
        maintenance = declared?.maintenance ?? Self.maintenance
        start = Self.start
        areDeclared = declared?.host != nil && declared?.zone != nil
        lines = []
        lines = [
            Line("a host", host.text, declared?.host == nil ? Self.hostSource : nil),
            Line("a zone", zone.text, declared?.zone == nil ? Self.zoneSource : nil),
            Line("a workload on one host", workload.text, declared?.workload == nil ? Self.workloadSource : nil),
            Line(
                "planned work on each host, one after the other",
                "every \(maintenance.every.text) for \(maintenance.duration.text)",
                declared?.maintenance == nil ? Self.maintenanceSource : nil),
            Line("start of a workload that declares no 'startTime'", start.text, Self.startSource),
        ]
    }

    // MARK: The defaults

    /// Dean (LADIS 2009) counts about 1,000 failures a year in a cluster of 1,800 new machines, one each 22 months, and
    /// Ford et al. (OSDI 2010) see nodes of Google's storage away far more often, mostly for less than 15 minutes. AWS
    /// promises 99.5 % for one instance (Compute SLA, 2022). Twice a year for two hours, 99.95 %, lies between them; where
    /// exactly is our choice.
    static let host = Model.Failures(meanTimeBetweenFailures: .seconds(180 * day), meanTimeToRepair: .seconds(2 * hour))
    private static let hostSource =
        "our choice, 99.95 %: between one failure in 22 months (Dean, LADIS 2009) and the 99.5 % promised for one "
        + "instance (AWS Compute SLA, 2022)"

    /// Of the operators that the Uptime Institute asked, 55 % had an outage in three years (Annual Outage Analysis 2024):
    /// one in 3.8 years, if each had but one. A power distribution unit takes about 6 hours to come back (Dean, LADIS
    /// 2009).
    static let zone = Model.Failures(
        meanTimeBetweenFailures: .seconds(1095 * day), meanTimeToRepair: .seconds(6 * hour))
    private static let zoneSource =
        "once in three years: 55 % of operators had an outage in three years (Uptime Institute, Annual Outage Analysis "
        + "2024); six hours: until a power distribution unit is back (Dean, LADIS 2009)"

    /// No figure holds for every program: a crash a month that a supervisor mends within a minute is our choice.
    static let workload = Model.Failures(
        meanTimeBetweenFailures: .seconds(30 * day), meanTimeToRepair: .seconds(60))
    private static let workloadSource = "our choice: a crash a month, mended by a restart; programs differ widely"

    /// A restart for a new kernel every month; our choice.
    static let maintenance = Model.PlannedWork(every: .seconds(30 * day), duration: .seconds(15 * minute))
    private static let maintenanceSource = "our choice: a restart for a new kernel every month"

    static let start: Duration = .seconds(10)
    private static let startSource = "our choice"

    private static let minute = 60
    private static let hour = 3600
    private static let day = 86_400
}

extension FailureAssumptions.Line {
    fileprivate init(_ part: String, _ figures: String, _ source: String?) {
        self.init(part: part, figures: figures, source: source ?? "declared")
    }
}

extension Model.Failures {
    /// `every 180d for 2h`
    package var text: String { "every \(meanTimeBetweenFailures.text) for \(meanTimeToRepair.text)" }

    /// The share of time in which the part is away, 0 to 1: renewal theory needs no more than the two means.
    var unavailability: Double {
        let between = meanTimeBetweenFailures.seconds
        guard between > 0 else { return 1 }
        return min(max(meanTimeToRepair.seconds / between, 0), 1)
    }

    /// Failures a second while the part is there; 0 for a part that never is.
    var failuresPerSecond: Double {
        let uptime = meanTimeBetweenFailures.seconds - max(meanTimeToRepair.seconds, 0)
        return uptime > 0 ? 1 / uptime : 0
    }
}
