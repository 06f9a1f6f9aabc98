internal import Hagen

/// An objective that the topology cannot be expected to hold, by the figures that hold where a team declares none.
struct ObjectiveInDoubt: Rule {
    let code = DiagnosticCode(176)
    let title = "objective in doubt"
    let severity = Diagnostic.Severity.warning
    let needsTheWhole = true
    let explanation = Explanation(
        finds: "What HG0175 finds, where the topology does not declare assumptions of both 'host' and 'zone': what it "
            + "leaves open has a default. A host fails every 180 days for 2 hours, a zone every three years for 6 hours, a workload "
            + "every 30 days for a minute, and each host is worked on every 30 days for 15 minutes.",
        why: "By figures that hold for ordinary servers in rented data centres the promise is missed. Yours may be "
            + "better or worse, so it is only a warning.",
        example: """
            apiVersion: hagen/v1
            name: shop
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
            clusters:
              api:
                kind: load-balancing
                workload: {process: {command: [/usr/bin/api], port: 8080}}
                members: [a1]
            objectives:
              - {name: api-availability, cluster: api, availability: 99.99%, window: 30d}
            """,
        fix:
            "Declare 'assumptions' with the figures of your own hosts and your own zones, both of them; then mend what is still missed, as "
            + "HG0175 says. 'hagen validate --report' shows where each default comes from.")
    let nearMiss = """
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
        objectives:
          - {name: api-availability, cluster: api, availability: 99.99%, window: 30d}
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard !context.model.objectives.isEmpty else { return [] }
        let model = AvailabilityModel(context.model)
        guard !model.assumptions.areDeclared else { return [] }
        return findings(
            context, model,
            help: [
                "declare 'host' and 'zone' in 'assumptions' to be judged by figures of your own instead of the defaults"
            ])
    }
}
