package import HagenEngine

/// What looks after the data of one member: it observes the database, and does with it what the machine says.
///
/// It decides nothing about roles. It never promotes a server but when the supervisor is told that the member is active, never
/// while the newest `waitFor` is not in force, and never follows a primary of an epoch below what it has promised.
package protocol DataAdapter: Sendable {
    /// Observes until it is cancelled: a report whenever something has changed, and twice a second at least.
    func run(_ report: @escaping @Sendable (DataReport) -> Void) async

    /// Receive nothing from a primary of an epoch below this one any more, also after a restart. The next report shows it.
    func stopReceiving(below epoch: UInt64) async

    /// Let the server wait for this set. The next report shows what the server then waits for.
    func waitFor(_ set: SynchronousSet) async

    /// Bring the data to where it can follow that primary (see `ReturningMember`), then follow it.
    func follow(_ upstream: DataReport.Upstream) async
}
