internal import Hagen

/// An objective that the topology cannot be expected to hold, by the team's own figures.
struct ObjectiveMissed: Rule {
    let code = DiagnosticCode(175)
    let title = "objective missed"
    let severity = Diagnostic.Severity.error
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "An objective whose availability is above what its cluster can be expected to reach, where the topology "
            + "declares assumptions of both 'host' and 'zone'. It is computed from how often zones, hosts and workloads fail and for how long, what takeovers and "
            + "planned work take, and what the balancers and the store in front of it add. The share of a part is the "
            + "downtime that would be gone if it never failed, in relation to that of all parts.",
        why: "What is promised is missed in an ordinary year, without anybody having done anything wrong. The "
            + "largest share of the downtime says where a change helps.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1, b1]
            assumptions:
              host: {mtbf: 30d, mttr: 12h}
              zone: {mtbf: 365d, mttr: 4h}
            objectives:
              - {name: api-availability, cluster: api, availability: 99.99%, window: 30d}
            """,
        fix: "Spread the members over zones so that the loss of one leaves enough of them, add members, shorten "
            + "takeovers, or promise less. Where the assumptions are too dark, declare better ones.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        clusters:
          api:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/api], port: 8080}}
            members: [a1, b1, c1]
        assumptions:
          host: {mtbf: 30d, mttr: 12h}
          zone: {mtbf: 365d, mttr: 4h}
        objectives:
          - {name: api-availability, cluster: api, availability: 99.99%, window: 30d}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard !context.model.objectives.isEmpty else { return [] }
        let model = AvailabilityModel(context.model)
        return model.assumptions.areDeclared ? findings(context, model, help: []) : []
    }
}

extension Rule {
    /// A finding for each objective that is missed.
    func findings(_ context: RuleContext, _ model: AvailabilityModel, help: [String]) -> [Diagnostic] {
        // Several objectives of one cluster share its figures.
        var expectations: [String: ExpectedAvailability] = [:]
        return context.model.objectives.enumerated().compactMap { index, objective in
            guard let availability = objective.availability, let cluster = context.cluster(named: objective.cluster),
                let judgement = model.missed(objective, of: cluster, knowing: &expectations)
            else { return nil }
            let shares = judgement.expectation.shares
            let path = ModelPath.root["objectives"][index]
            let clusterPath = context.path(ofCluster: cluster.name)
            let minimum = cluster.minimumHealthy.map { "\($0) of \(cluster.memberCount) members must be healthy" }
            return finding(
                "objective '\(objective.name)' is missed: \(judgement.expected) < "
                    + AvailabilityText.percent(availability),
                at: context.span(path["availability"]), label: shares.first.map(Self.words) ?? "",
                secondary: [minimum.flatMap { context.label(clusterPath?["minimumHealthy"], $0) }],
                notes: [
                    "expected downtime in \(judgement.window.text): \(judgement.expectedDowntime); allowed: "
                        + (judgement.allowedDowntime ?? "")
                ] + shares.dropFirst().prefix(3).map(Self.words) + [Self.assumed(model.assumptions)],
                help: shares.first.map { [Self.advice(against: $0)] + help } ?? help)
        }
    }

    private static func words(_ share: ExpectedAvailability.Share) -> String {
        "\(AvailabilityText.share(share.fraction)) of the downtime is \(share.subject)"
    }

    private static func assumed(_ assumptions: FailureAssumptions) -> String {
        let work = assumptions.maintenance
        return "assumed: a host fails \(assumptions.host.text), a zone \(assumptions.zone.text), a workload "
            + "\(assumptions.workload.text); planned work on each host every \(work.every.text) for \(work.duration.text)"
    }

    private static func advice(against share: ExpectedAvailability.Share) -> String {
        switch share.cause {
        case .zone where share.stores > 1, .zone where share.stores > 0 && share.storeCount == 1:
            "spread the store and the members over more zones, so that enough of both are left when one is lost"
        case .zone, .unknownZone:
            "spread the members over more zones, so that enough of them are left when one is lost"
        case .host where share.stores > 0 && share.storeCount == 1:
            "the embedded store is one process on one host: several machines need a distributed one"
        case .host: "add a member on another host, or ask for fewer healthy ones"
        case .workload: "a workload that ends less often, or one member more, helps most"
        case .takeover: "a shorter lease, a hot standby or a shorter start makes takeovers shorter"
        case .plannedWork: "one member more lets a host be worked on while enough of the others serve"
        }
    }
}
