internal import Hagen
internal import HagenEngine
internal import Logging

/// Ends a host for certain, as its cluster's configuration says.
extension FailoverEngine {
    func fence(_ host: String, epoch: UInt64, of index: Int) -> FailoverJob {
        let inbox = inbox
        let logger = logger
        let cluster = members[index].cluster
        let agents = FenceAgents(credentials: environment[EngineEnvironment.credentialsDirectory])
        return FailoverJob {
            let outcome = await agents.fence(host, levels: cluster.fencing)
            for attempt in outcome.attempts {
                logger.notice(
                    "fencing \(host): \(attempt.agent): \(attempt.evidence)",
                    metadata: ["cluster": "\(cluster.name)", "epoch": "\(epoch)"])
            }
            inbox(.fenced(index, host: host, epoch: epoch, problem: outcome.problem))
        }
    }
}
