internal import Hagen

/// Every command that the topology has Hagen run.
enum DeclaredCommands {
    struct Command {
        /// In the words of a message.
        var owner: String
        /// Program and arguments.
        var words: [String]
        /// Of the list of words.
        var path: ModelPath
    }

    static func all(_ model: Model.Topology) -> [Command] {
        let root = ModelPath.root
        var commands: [Command] = []
        func add(_ check: Model.Check?, _ owner: String, _ path: ModelPath) {
            switch check?.kind {
            case .command(let words):
                commands.append(Command(owner: "the check of \(owner)", words: words, path: path["kind"]["command"]))
            case .nagios(let words):
                commands.append(Command(owner: "the check of \(owner)", words: words, path: path["kind"]["nagios"]))
            case .tcp, .http, .role, nil: break
            }
        }
        for (index, cluster) in model.clusters.enumerated() {
            let (name, path) = ("cluster '\(cluster.name)'", root["clusters"][index])
            if case .process(let process) = cluster.workload {
                commands.append(Command(owner: name, words: process.command, path: path["workload"]["command"]))
            }
            add(cluster.failover.check, name, path["failover"]["check"])
            for (place, hook) in cluster.hooks.enumerated() {
                commands.append(
                    Command(
                        owner: "the hook '\(hook.event.rawValue)' of \(name)", words: hook.command,
                        path: path["hooks"][place]["command"]))
            }
        }
        for (index, balancer) in model.balancers.enumerated() {
            add(balancer.check, "balancer '\(balancer.name)'", root["balancers"][index]["check"])
        }
        for (index, receiver) in model.monitoring.receivers.enumerated() {
            guard case .command(let words) = receiver.channel else { continue }
            commands.append(
                Command(
                    owner: "receiver '\(receiver.name)'", words: words,
                    path: root["monitoring"]["receivers"][index]["channel"]["command"]))
        }
        return commands
    }
}
