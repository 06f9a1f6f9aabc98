package import Hagen

/// An objective against what its cluster is expected to do.
package struct ObjectiveJudgement: Equatable, Sendable {
    package var objective: Model.Objective
    package var expectation: ExpectedAvailability
    /// Over which the downtime is counted.
    package var window: Duration

    /// `nil` without an availability to hold.
    package var isMissed: Bool? {
        objective.availability.map { Self.isMissed($0, unavailability: expectation.unavailability) }
    }
    package var expectedDowntime: String { AvailabilityText.time(expectation.unavailability * window.seconds) }
    package var allowedDowntime: String? {
        objective.availability.map { AvailabilityText.time((1 - $0.fraction) * window.seconds) }
    }
    /// `99.93 %`
    package var expected: String {
        AvailabilityText.percent(unavailability: expectation.unavailability, target: objective.availability)
    }

    /// Sums of floating-point numbers are not sharper than this.
    private static let tolerance = 1e-12

    static func isMissed(_ availability: Ratio, unavailability: Double) -> Bool {
        unavailability > 1 - availability.fraction + tolerance
    }
}

extension AvailabilityModel {
    /// `nil` where the cluster asks for more members than it has, or what it names is not there: rules report that.
    package func judge(_ objective: Model.Objective, of cluster: Model.Cluster) -> ObjectiveJudgement? {
        guard cluster.requiredMembers <= cluster.memberCount else { return nil }
        return expectation(of: cluster).map {
            ObjectiveJudgement(
                objective: objective, expectation: $0, window: objective.window ?? Defaults.objectiveWindow)
        }
    }

    /// The judgement of an objective that is missed; one that holds costs next to nothing.
    ///
    /// - Parameter expectations: what is known of clusters already, by name.
    func missed(
        _ objective: Model.Objective, of cluster: Model.Cluster,
        knowing expectations: inout [String: ExpectedAvailability]
    ) -> ObjectiveJudgement? {
        guard let availability = objective.availability, cluster.requiredMembers <= cluster.memberCount else {
            return nil
        }
        if expectations[cluster.name] == nil {
            guard let unavailability = unavailability(of: cluster),
                ObjectiveJudgement.isMissed(availability, unavailability: unavailability)
            else { return nil }
            expectations[cluster.name] = expectation(of: cluster)
        }
        guard let expectation = expectations[cluster.name],
            ObjectiveJudgement.isMissed(availability, unavailability: expectation.unavailability)
        else { return nil }
        return ObjectiveJudgement(
            objective: objective, expectation: expectation, window: objective.window ?? Defaults.objectiveWindow)
    }
}
