internal import Hagen

/// Two parts of one kind with one name, or one host twice in one list.
struct DuplicateName: Rule {
    let code = DiagnosticCode(101)
    let title = "duplicate name"
    let severity = Diagnostic.Severity.error
    let explanation = Explanation(
        finds: "Two hosts, clusters, balancers, receivers, alerts or objectives with one name, and a host, an endpoint "
            + "or a receiver that stands twice in one list.",
        why: "A name is the identity of a part: files, keys of the store and series are named by it, and references "
            + "to it would mean either. A host has one part in a cluster, not two.",
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
                members: [a1, b1, a1]
            """,
        fix: "Give each part a name of its own, and name each host once. In Swift, declare a host once and use that "
            + "declaration everywhere.")
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
          a1:
            kind: load-balancing
            workload: {process: {command: [/usr/bin/other], port: 8081}}
            members: [a1, b1]
        """

    func check(_ context: RuleContext) -> [Diagnostic] {
        let (model, root) = (context.model, ModelPath.root)
        var findings: [Diagnostic] = []
        func judge(_ names: [String], at path: ModelPath, key: String?, _ message: (String) -> String, _ help: String) {
            findings += duplicates(in: names).map { first, second in
                let places = [first, second].map { index in key.map { path[index][$0] } ?? path[index] }
                return finding(
                    message(names[second]), at: context.span(places[1]), label: "again here",
                    secondary: [context.label(places[0], "first here")], help: [help])
            }
        }
        func judgeParts(_ noun: String, _ names: [String], at path: ModelPath) {
            judge(
                names, at: path, key: "name", { "there are two \(noun)s with the name '\($0)'" },
                "give one of them another name")
        }
        judgeParts("host", model.hosts.map(\.name), at: root["hosts"])
        judgeParts("cluster", model.clusters.map(\.name), at: root["clusters"])
        judgeParts("balancer", model.balancers.map(\.name), at: root["balancers"])
        judgeParts("receiver", model.monitoring.receivers.map(\.name), at: root["monitoring"]["receivers"])
        judgeParts("alert", model.monitoring.alerts.map(\.name), at: root["monitoring"]["alerts"])
        judgeParts("objective", model.objectives.map(\.name), at: root["objectives"])
        for (index, cluster) in model.clusters.enumerated() {
            judge(
                cluster.members.map(\.host), at: root["clusters"][index]["members"], key: "host",
                { "host '\($0)' is twice a member of cluster '\(cluster.name)'" }, "name it once")
            guard case .external(let endpoints) = cluster.workload else { continue }
            // One endpoint can be written in two ways.
            judge(
                endpoints.map { SocketAddress($0)?.description ?? $0 },
                at: root["clusters"][index]["workload"]["endpoints"], key: nil,
                { "endpoint '\($0)' stands twice in cluster '\(cluster.name)'" }, "name it once")
        }
        for (index, balancer) in model.balancers.enumerated() {
            judge(
                balancer.hosts, at: root["balancers"][index]["hosts"], key: nil,
                { "balancer '\(balancer.name)' stands twice on host '\($0)'" }, "name it once")
        }
        for (index, alert) in model.monitoring.alerts.enumerated() {
            judge(
                alert.receivers, at: root["monitoring"]["alerts"][index]["receivers"], key: nil,
                { "alert '\(alert.name)' names receiver '\($0)' twice" }, "name it once")
        }
        if case .etcd(let hosts, _) = model.coordination {
            judge(
                hosts, at: root["coordination"]["hosts"], key: nil, { "host '\($0)' is twice a member of the store" },
                "name it once")
        }
        return findings
    }

    /// Each later index with the first one of the same name.
    private func duplicates(in names: [String]) -> [(first: Int, second: Int)] {
        var firsts: [String: Int] = [:]
        var duplicates: [(Int, Int)] = []
        for (index, name) in names.enumerated() {
            if let first = firsts[name] { duplicates.append((first, index)) } else { firsts[name] = index }
        }
        return duplicates
    }
}
