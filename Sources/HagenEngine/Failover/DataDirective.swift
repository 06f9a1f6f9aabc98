/// What the machine of a cluster with data tells its shell besides starting and stopping the workload.
package enum DataDirective: Equatable, Sendable {
    /// Ask these hosts to stop receiving from every epoch below this one, and to report (rule 11); the answers are events that
    /// name epoch and round.
    case gather(epoch: UInt64, round: UInt64, of: [String])
    /// Tell that host that this member has stopped, and what it has.
    case report(to: String, epoch: UInt64, round: UInt64, position: ReplicationPosition)
    /// Receive nothing from a primary of an epoch below this one any more; durable before the next report says so.
    case stopReceiving(below: UInt64)
    /// The server is to wait for this set. In force before the server takes its next write as the primary: before a promotion
    /// that follows it in the same list, too.
    case waitFor(SynchronousSet)
    /// Stream from the primary of that epoch; what has to be done before is `ReturningMember`'s to say.
    case follow(DataReport.Upstream)
}
