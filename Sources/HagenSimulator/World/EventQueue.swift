/// What will happen in a world, in order; what is planned for one moment happens in the order in which it was planned.
struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        var moment: VirtualTime
        var number: Int
        /// Where its event lies in `events`.
        var place: Int
    }
    /// A binary heap, the next one first. Events are large, so what is moved in the heap is their places.
    private var heap: [Entry] = []
    private var events: [Event?] = []
    private var freePlaces: [Int] = []
    private var count = 0

    var next: VirtualTime? { heap.isEmpty ? nil : heap[0].moment }

    mutating func push(_ event: Event, at moment: VirtualTime) {
        count += 1
        let entry = Entry(moment: moment, number: count, place: place(event))
        var child = heap.count
        heap.append(entry)
        while child > 0 {
            let parent = (child - 1) >> 1
            guard isBefore(entry, heap[parent]) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    mutating func pop() -> (moment: VirtualTime, event: Event) {
        precondition(!heap.isEmpty, "nothing is planned")
        let first = heap[0]
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        guard let event = events[first.place].take() else {
            preconditionFailure("the event planned for \(first.moment) is not there")
        }
        freePlaces.append(first.place)
        return (first.moment, event)
    }

    private mutating func place(_ event: Event) -> Int {
        guard let place = freePlaces.popLast() else {
            events.append(event)
            return events.count - 1
        }
        events[place] = event
        return place
    }

    /// Puts the entry into the root's place, and what comes before it above it.
    private mutating func sink(_ entry: Entry) {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard isBefore(heap[child], entry) else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = entry
    }

    private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        left.moment == right.moment ? left.number < right.number : left.moment < right.moment
    }
}
