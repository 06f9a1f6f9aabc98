internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

/// The names of clusters and hosts that the agents know, so that a misspelt one is answered at once.
struct KnownNames {
    let clusters: [String]
    let hosts: [String]

    init(_ answers: [RunningAgents.Answer]) {
        clusters = Set(answers.flatMap(\.status.clusters).map(\.name)).sorted()
        hosts = Set(answers.map(\.host) + answers.flatMap(\.status.peers).map(\.host)).sorted()
    }

    /// Where no agent answers nothing is known, and nothing refused: whoever asks the agents next says so.
    func expect(cluster name: String) throws {
        guard !clusters.isEmpty, !clusters.contains(name) else { return }
        throw Self.unknown("cluster", name, among: clusters)
    }

    func expect(host name: String) throws {
        guard !hosts.isEmpty, !hosts.contains(name) else { return }
        throw Self.unknown("host", name, among: hosts)
    }

    func expect(clusterOrHost name: String) throws {
        let names = clusters + hosts
        guard !names.isEmpty, !names.contains(name) else { return }
        throw Self.unknown("cluster or host", name, among: names)
    }

    private static func unknown(_ what: String, _ name: String, among names: [String]) -> DeployError {
        DeployError(
            "no agent that answers knows a \(what) '\(name)'; there are: \(names.joined(separator: ", "))",
            advice: Spelling.nearest(to: name, among: names).map { "Did you mean '\($0)'?" } ?? "")
    }
}
