internal import HagenEngine

/// The process of one member: as the active one it serves a register, from its own memory where it is read.
struct SimulatedWorkload: Sendable {
    let process: Int
    var role: MemberRole
    var epoch: UInt64
    /// The data were opened under its epoch: it serves.
    var isOpen = false
    /// What it answers to reads, and which version of the data that is.
    var value = 0
    var version = 0

    init(process: Int, role: MemberRole, epoch: UInt64) {
        self.process = process
        self.role = role
        self.epoch = epoch
    }
}

/// The synchronous state of a cluster, reduced to what failover has to keep right: every acknowledged write is there for
/// the next active one. It stands for synchronous replication, or a shared disk, and takes nothing from an epoch that is
/// older than the newest one that has opened it (rule 14).
struct FencedData: Sendable {
    private(set) var highestEpoch: UInt64 = 0
    private(set) var value = 0
    private(set) var version = 0

    mutating func open(epoch: UInt64) -> DataAnswer {
        guard epoch >= highestEpoch else { return answer(isGranted: false) }
        highestEpoch = epoch
        return answer(isGranted: true)
    }

    mutating func write(_ value: Int, epoch: UInt64, isChecked: Bool) -> DataAnswer {
        guard epoch >= highestEpoch || !isChecked else { return answer(isGranted: false) }
        self.value = value
        version += 1
        return answer(isGranted: true)
    }

    private func answer(isGranted: Bool) -> DataAnswer {
        DataAnswer(isGranted: isGranted, value: value, version: version)
    }
}

struct DataAnswer: Sendable {
    var isGranted: Bool
    var value: Int
    var version: Int
}
