/// What will happen in a world, in order; what is planned for one moment happens in the order in which it was planned.
struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        var moment: VirtualTime
        var number: Int
        var event: Event
    }
    /// A binary heap, the next one first.
    private var heap: [Entry] = []
    private var count = 0

    var next: VirtualTime? { heap.isEmpty ? nil : heap[0].moment }

    mutating func push(_ event: Event, at moment: VirtualTime) {
        count += 1
        heap.append(Entry(moment: moment, number: count, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) >> 1
            guard isBefore(child, parent) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (moment: VirtualTime, event: Event) {
        precondition(!heap.isEmpty, "nothing is planned")
        let last = heap.count - 1
        heap.swapAt(0, last)
        let entry = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < last, isBefore(left, least) { least = left }
            if left + 1 < last, isBefore(left + 1, least) { least = left + 1 }
            guard least != parent else { return (entry.moment, entry.event) }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (leftMoment, rightMoment) = (heap[left].moment, heap[right].moment)
        return leftMoment == rightMoment ? heap[left].number < heap[right].number : leftMoment < rightMoment
    }
}
