/// Whether a history of a register could have happened one operation at a time, each at some moment between its call and
/// its end. At the beginning the register holds 0.
///
/// The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with what Lowe added (Testing for
/// Linearizability, 2017), as Porcupine has it: the calls and ends stand in one list, in the order of their moments. The
/// first call whose operation fits the state is taken out together with its end, and the search goes on from the list's
/// beginning. An end that comes first belongs to an operation that fits nowhere: the search goes back by one. What Lowe
/// added is a memory of the pairs (operations taken, state) that were tried, which keeps it from trying them again.
///
/// The case that surprises: a write without an end may stand anywhere after its call, or nowhere.
package enum Linearizability {
    /// - Returns: whether there is an order that explains everything.
    package static func holds(for history: [RegisterOperation]) -> Bool {
        var search = Search(history)
        return search.run()
    }

    private struct Configuration: Hashable {
        var taken: [UInt64]
        var value: Int
    }

    /// A node of the list: the call or the end of an operation.
    private struct Node {
        var operation: Int
        var isCall: Bool
        var previous: Int
        var next: Int
    }

    private struct Search {
        private let operations: [RegisterOperation]
        /// Node 0 is the list's head, the last one its tail.
        private var nodes: [Node] = []
        private var callNode: [Int]
        private var endNode: [Int]
        private var taken: [UInt64]
        private var value = 0
        private var trail: [(operation: Int, valueBefore: Int)] = []
        private var tried: Set<Configuration> = []
        /// Operations with an end that are not taken yet.
        private var open: Int

        init(_ history: [RegisterOperation]) {
            operations = history
            callNode = Array(repeating: 0, count: history.count)
            endNode = Array(repeating: 0, count: history.count)
            taken = Array(repeating: 0, count: history.count / 64 + 1)
            open = history.count { $0.end != nil }
            var moments: [(moment: VirtualTime, isCall: Bool, operation: Int)] = []
            for (index, operation) in history.enumerated() {
                moments.append((operation.call, true, index))
                if let end = operation.end { moments.append((end, false, index)) }
            }
            // What ends in the moment in which another begins may come before or after it.
            moments.sort { left, right in
                if left.moment != right.moment { return left.moment < right.moment }
                if left.isCall != right.isCall { return left.isCall }
                return left.operation < right.operation
            }
            nodes.reserveCapacity(moments.count + 2)
            nodes.append(Node(operation: -1, isCall: true, previous: -1, next: 1))
            for (position, entry) in moments.enumerated() {
                let node = position + 1
                nodes.append(
                    Node(operation: entry.operation, isCall: entry.isCall, previous: node - 1, next: node + 1))
                if entry.isCall { callNode[entry.operation] = node } else { endNode[entry.operation] = node }
            }
            nodes.append(Node(operation: -1, isCall: false, previous: moments.count, next: -1))
        }

        mutating func run() -> Bool {
            var current = nodes[0].next
            while open > 0 {
                let node = nodes[current]
                if node.isCall {
                    if let after = operations[node.operation].applied(to: value), take(node.operation, after) {
                        current = nodes[0].next
                    } else {
                        current = node.next
                    }
                } else {
                    guard let last = trail.popLast() else { return false }
                    giveBack(last.operation)
                    value = last.valueBefore
                    current = nodes[callNode[last.operation]].next
                }
            }
            return true
        }

        /// `false` where this has been tried before.
        private mutating func take(_ operation: Int, _ after: Int) -> Bool {
            taken[operation >> 6] |= 1 << UInt64(operation & 63)
            guard tried.insert(Configuration(taken: taken, value: after)).inserted else {
                taken[operation >> 6] &= ~(1 << UInt64(operation & 63))
                return false
            }
            trail.append((operation, value))
            value = after
            remove(callNode[operation])
            if endNode[operation] != 0 {
                remove(endNode[operation])
                open -= 1
            }
            return true
        }

        /// In the opposite order of `take`, so that the neighbours are the ones of then.
        private mutating func giveBack(_ operation: Int) {
            if endNode[operation] != 0 {
                putBack(endNode[operation])
                open += 1
            }
            putBack(callNode[operation])
            taken[operation >> 6] &= ~(1 << UInt64(operation & 63))
        }

        private mutating func remove(_ node: Int) {
            nodes[nodes[node].previous].next = nodes[node].next
            nodes[nodes[node].next].previous = nodes[node].previous
        }

        private mutating func putBack(_ node: Int) {
            nodes[nodes[node].previous].next = node
            nodes[nodes[node].next].previous = node
        }
    }
}

/// One operation as its client saw it.
package struct RegisterOperation: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case write(Int)
        /// With what was read.
        case read(Int)
    }
    package var call: VirtualTime
    /// `nil`: nobody knows whether it happened, and it may happen still.
    package var end: VirtualTime?
    package var kind: Kind

    package init(call: VirtualTime, end: VirtualTime?, _ kind: Kind) {
        self.call = call
        self.end = end
        self.kind = kind
    }

    /// The register's value after it; `nil` where it cannot have happened with this value.
    func applied(to value: Int) -> Int? {
        switch kind {
        case .write(let written): written
        case .read(let read): read == value ? value : nil
        }
    }
}
