/// At most one host acts in an epoch, and whoever becomes active does so in a newer one than everybody before.
struct EpochChecker: Sendable {
    private var highest: UInt64 = 0
    private var holder: Int?

    mutating func activated(_ host: Int, epoch: UInt64, at now: VirtualTime) -> Violation? {
        // A workload that is restarted in place keeps its epoch.
        if epoch == highest, host == holder { return nil }
        guard epoch > highest else {
            return Violation(.epochsGrow, at: now, "epoch \(epoch) becomes active after epoch \(highest)")
        }
        highest = epoch
        holder = host
        return nil
    }
}
