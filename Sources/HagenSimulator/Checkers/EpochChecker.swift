/// At most one host acts in an epoch, and whoever becomes active does so in a newer one than everybody before. An epoch whose
/// permit has ended is over for good (rule 3).
struct EpochChecker: Sendable {
    private var ended: UInt64 = 0
    private var highest: UInt64 = 0
    private var holder: Int?

    mutating func permitEnded(epoch: UInt64) { ended = max(ended, epoch) }

    mutating func activated(_ host: Int, epoch: UInt64, at now: VirtualTime) -> Violation? {
        if epoch == ended {
            return Violation(.epochsGrow, at: now, "epoch \(epoch) becomes active again after its permit has ended")
        }
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
