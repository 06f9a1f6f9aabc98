internal import Hagen

/// The report's figures of availability.
extension ReportPage {
    struct Objective {
        struct Availability {
            var expected, promised, window, downtime, allowed: String
            var shares: [Share]
            var hasShares: Bool
        }
        var name, cluster, verdict, verdictClass: String
        var availability: Availability?
        /// A sentence on the recovery time.
        var recovery: String?
    }

    struct Share {
        /// 0 to 7; the last stands for all the rest.
        var colour: Int
        /// Percent, of the bar.
        var width: Double
        var percent, subject: String
        /// The availability without this part's failures.
        var without: String?
    }

    struct Cluster {
        var name, mode, needs, expected, downtime, mostly: String
    }

    /// The largest get a colour of their own.
    private static let colouredShares = 7

    static func shares(_ expectation: ExpectedAvailability) -> [Share] {
        let shares = expectation.shares
        var listed = shares.prefix(colouredShares).enumerated().map { index, share in
            Share(
                colour: index, width: percent(share.fraction), percent: AvailabilityText.share(share.fraction),
                subject: share.subject,
                without: share.names.count > 1
                    ? nil : AvailabilityText.percent(unavailability: share.unavailabilityWithout))
        }
        let rest = shares.dropFirst(colouredShares).reduce(0) { $0 + $1.fraction }
        if rest > 0 {
            listed.append(
                Share(
                    colour: colouredShares, width: percent(rest), percent: AvailabilityText.share(rest),
                    subject: "all other parts", without: nil))
        }
        return listed
    }

    /// With one decimal.
    private static func percent(_ fraction: Double) -> Double { (fraction * 1000).rounded() / 10 }
}

extension ReportPage.Objective {
    /// `nil` where it promises nothing that the compiler can judge.
    init?(_ objective: Model.Objective, _ cluster: Model.Cluster, _ model: AvailabilityModel) {
        let judgement = objective.availability == nil ? nil : model.judge(objective, of: cluster)
        recovery = Self.recovery(objective, cluster)
        guard judgement != nil || recovery != nil else { return nil }
        name = objective.name
        self.cluster = cluster.name
        availability = judgement.map { judgement in
            let shares = ReportPage.shares(judgement.expectation)
            return Availability(
                expected: judgement.expected, promised: objective.availability.map(AvailabilityText.percent) ?? "",
                window: judgement.window.text, downtime: judgement.expectedDowntime,
                allowed: judgement.allowedDowntime ?? "", shares: shares, hasShares: !shares.isEmpty)
        }
        let slow = Self.slow(objective, cluster)
        switch (judgement?.isMissed ?? false, model.assumptions.areDeclared) {
        case (true, true): (verdict, verdictClass) = ("missed", "bad")
        case (true, false): (verdict, verdictClass) = ("in doubt", slow == nil ? "warn" : "bad")
        case (false, _): (verdict, verdictClass) = slow.map { ($0, "bad") } ?? ("holds", "good")
        }
    }

    /// Why its recovery time is not kept; `nil` where it is, and where there is none to keep.
    private static func slow(_ objective: Model.Objective, _ cluster: Model.Cluster) -> String? {
        guard let allowed = objective.recoveryTime, let recovery = cluster.recoveryTimes else { return nil }
        guard let longest = recovery.longest else { return "nobody takes over" }
        return longest > allowed ? "recovery too slow" : nil
    }

    private static func recovery(_ objective: Model.Objective, _ cluster: Model.Cluster) -> String? {
        guard let allowed = objective.recoveryTime, let recovery = cluster.recoveryTimes else { return nil }
        guard let longest = recovery.longest else {
            return "An outage may last \(allowed.text), and nobody takes over: it lasts until the host is back."
        }
        let start = recovery.startIsUnknown ? " and the start of the workload" : ""
        return "An outage may last \(allowed.text); the worst takeover takes \(longest.text)\(start)."
    }
}

extension ReportPage.Cluster {
    /// `nil` where there is no figure: rules say why.
    init?(_ cluster: Model.Cluster, _ model: AvailabilityModel) {
        let objective = Model.Objective(name: cluster.name, cluster: cluster.name)
        guard let judgement = model.judge(objective, of: cluster) else { return nil }
        name = cluster.name
        if case .external = cluster.workload { mode = "external" } else { mode = cluster.kind.rawValue }
        needs = "\(cluster.requiredMembers) of \(ReadmePage.count(cluster.memberCount, "member"))"
        expected = judgement.expected
        downtime = judgement.expectedDowntime
        mostly =
            judgement.expectation.shares.first.map {
                "\($0.subject) (\(AvailabilityText.share($0.fraction)))"
            } ?? ""
    }
}
