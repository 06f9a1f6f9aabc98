/// Those who write and read the register, one operation at a time each, and the history of what they were told.
struct Clients: Sendable {
    /// Where the virtual address was last announced from.
    var destination: Int?
    var operations: [Operation] = []
    /// The number of the last value that was written: no two writes are of the same value.
    var lastValue = 0

    struct Operation: Sendable {
        let client: Int
        let call: VirtualTime
        /// What a write writes.
        let written: Int?
        var outcome: Outcome = .pending
    }

    enum Outcome: Equatable, Sendable {
        case pending
        /// Done; with what a read has read.
        case done(at: VirtualTime, read: Int?)
        /// It certainly has not happened.
        case refused
        /// Nobody answered in time: a write may have happened, or may yet happen.
        case unknown
    }

    init(count: Int) { operations.reserveCapacity(count * 128) }

    /// For the checker: what clients know, and only that. A write of unknown outcome whose value nobody ever read can be
    /// thought to happen at the very end, so it says nothing and is left out.
    var history: [RegisterOperation] {
        var seen: Set<Int> = []
        for case .done(_, let read?) in operations.map(\.outcome) { seen.insert(read) }
        return operations.compactMap { operation in
            switch operation.outcome {
            case .done(let end, let read):
                if let written = operation.written {
                    return RegisterOperation(call: operation.call, end: end, .write(written))
                }
                return RegisterOperation(call: operation.call, end: end, .read(read ?? 0))
            case .refused: return nil
            case .pending, .unknown:
                guard let written = operation.written, seen.contains(written) else { return nil }
                return RegisterOperation(call: operation.call, end: nil, .write(written))
            }
        }
    }
}
