internal import Hagen

/// A store with an even number of members.
struct EvenCoordinators: Rule {
    let code = DiagnosticCode(105)
    let title = "even number of coordinators"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "An etcd store on an even number of hosts.",
        why: "The store works while more than half of its members can talk to each other. A fourth member does not let "
            + "it lose one more host than three do, only makes it likelier that one is lost; and of two, none may be.",
        example: """
            apiVersion: hagen/v1
            name: shop
            coordination: {etcd: {hosts: [a1, b1], tls: true}}
            hosts:
              a1: {address: 10.0.0.11/24, zone: eu-1a}
              b1: {address: 10.0.0.12/24, zone: eu-1b}
            """,
        fix: "Name one host more or one less: 3 members bear the loss of 1, 5 that of 2. Where there are only two "
            + "hosts with work, a third with 'witness: true' runs the store and nothing else.")
    let nearMiss = """
        apiVersion: hagen/v1
        name: shop
        coordination: {etcd: {hosts: [a1, b1, c1], tls: true}}
        hosts:
          a1: {address: 10.0.0.11/24, zone: eu-1a}
          b1: {address: 10.0.0.12/24, zone: eu-1b}
          c1: {address: 10.0.0.13/24, zone: eu-1c}
        """
    /// Off the lab etcd itself is refused.
    let examplePlacement = Placement.loopback

    func check(_ context: RuleContext) -> [Diagnostic] {
        guard case .etcd(let hosts, _) = context.model.coordination else { return [] }
        let count = Set(hosts).count
        guard count > 0, count % 2 == 0 else { return [] }
        let bears = (count - 1) / 2
        let path = ModelPath.root["coordination"]
        return [
            finding(
                "the store has an even number of members", at: context.span(path["hosts"]),
                label: "\(count) members bear the loss of \(bears)", secondary: [],
                notes: [
                    count == 2
                        ? "3 members bear the loss of 1"
                        : "\(count - 1) members bear the loss of \(bears) too, \(count + 1) that of \(count / 2)"
                ],
                help: [
                    context.model.hosts.count > 2
                        ? "name one host more or one less"
                        : "two hosts alone have no quorum: declare a third, 'witness: true' if it has no other work"
                ])
        ]
    }
}
