internal import Hagen
internal import HagenEngine
internal import Logging

/// Ends a host for certain, as its cluster's configuration says.
extension FailoverEngine {
    func fence(_ host: String, epoch: UInt64, of index: Int) -> FailoverJob {
        let inbox = inbox
        let (logger, events) = (logger, events)
        let cluster = members[index].cluster
        let agents = FenceAgents(credentials: CredentialFolder(environment[EngineEnvironment.credentialsDirectory]))
        return FailoverJob {
            let outcome = await agents.fence(host, levels: cluster.fencing)
            for attempt in outcome.attempts {
                let words = "fencing \(host): \(attempt.agent): \(attempt.evidence)"
                logger.notice("\(words)", metadata: ["cluster": "\(cluster.name)", "epoch": "\(epoch)"])
                events.add(.fencing, cluster: cluster.name, epoch: epoch, words: words)
            }
            inbox(.fenced(index, host: host, epoch: epoch, problem: outcome.problem))
        }
    }
}
