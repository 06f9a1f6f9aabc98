/// What happens in a virtual world, in order; what is planned for one moment happens in the order in which it was planned.
struct EventQueue<Event> {
    private struct Entry {
        var moment: Int64
        var number: Int
        var event: Event
        func isBefore(_ other: Entry) -> Bool { (moment, number) < (other.moment, other.number) }
    }
    private var heap: [Entry] = []
    private var count = 0

    var next: Int64? { heap.first?.moment }

    mutating func push(_ event: Event, at moment: Int64) {
        count += 1
        heap.append(Entry(moment: moment, number: count, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (moment: Int64, event: Event) {
        precondition(!heap.isEmpty, "nothing is planned")
        heap.swapAt(0, heap.count - 1)
        let entry = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            guard least != parent else { return (entry.moment, entry.event) }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
