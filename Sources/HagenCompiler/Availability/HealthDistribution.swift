/// How likely each state of the parts is that a cluster needs: how many of its members and of the store's are healthy,
/// each counted up to a number beyond which more change nothing, and which of a few flags are raised.
///
/// A flag is raised by any of several hosts: "a host of the balancer is up", "a member is lost". States of independent
/// parts are put together by adding the counts and uniting the flags, so a host with several tasks is one part with one
/// fate, and putting parts together one by one (dynamic programming) needs no other approximation than one: states
/// less likely than `negligible` are left out.
///
/// To add one part to others takes time in proportion to 2^flags × (stores + 1) × the counts of members that are likely
/// enough. Those lie in a band around their mean: for n hosts with the unavailability u about 2 × 17 × √(n u (1 - u))
/// wide, and never wider than min(n, members) + 1. A cluster of n members so costs the order of n √n, however many of them
/// it needs, and of n × members only where hosts come in a few zones of many states each. Writing zeros for the states
/// that are not likely takes n × members too, at the speed of memory.
///
/// Beside the steady state it carries planned work to its first order, like a dual number: for each host, the state
/// while that host is out of service and all others are in the hands of chance, all of these added up. Nobody works on
/// two hosts at once, so there is no second order.
struct HealthDistribution: Equatable, Sendable {
    /// One state and how likely it is.
    struct Entry: Equatable, Sendable {
        var flags: Int
        var members: Int
        var stores: Int
        /// The probability without planned work.
        var steady: Double
        /// The probabilities while one host is out of service, added up over the hosts.
        var planned: Double
    }

    /// Beyond these counts more change nothing.
    struct Shape: Equatable, Sendable {
        /// How many flags there are.
        var flags: Int
        var members: Int
        var stores: Int
    }

    /// The chance of all states left out in a run of ten thousand parts with ten thousand states each is below 1e-50.
    private static let negligible = 1e-60

    let shape: Shape
    /// The counts of members beyond which no state is likely, in either direction.
    private var likely = 0...0
    private var steady: [Double]
    private var planned: [Double]

    /// Of no part at all: nothing counted, no flag, certainly.
    init(_ shape: Shape) {
        self.shape = shape
        let count = (1 << shape.flags) * (shape.stores + 1) * (shape.members + 1)
        steady = Array(repeating: 0, count: count)
        planned = steady
        steady[0] = 1
    }

    /// The states that can be, in a fixed order.
    var entries: [Entry] {
        var entries: [Entry] = []
        for flags in 0..<(1 << shape.flags) {
            for stores in 0...shape.stores {
                for members in likely {
                    let index = (flags * (shape.stores + 1) + stores) * (shape.members + 1) + members
                    guard steady[index] >= Self.negligible || planned[index] >= Self.negligible else { continue }
                    entries.append(
                        Entry(
                            flags: flags, members: members, stores: stores, steady: steady[index],
                            planned: planned[index]))
                }
            }
        }
        return entries
    }

    /// Puts another, independent part to these.
    ///
    /// - Parameter part: its states; their steady probabilities add up to 1.
    mutating func add(_ part: [Entry]) {
        var steadySum = [Double](repeating: 0, count: steady.count)
        var plannedSum = steadySum
        let (width, depth) = (shape.members + 1, shape.stores + 1)
        var (fewest, most) = (width, 0)
        for flags in 0..<(1 << shape.flags) {
            for stores in 0..<depth {
                for members in likely {
                    let index = (flags * depth + stores) * width + members
                    let (ownSteady, ownPlanned) = (steady[index], planned[index])
                    if ownSteady < Self.negligible, ownPlanned < Self.negligible { continue }
                    for other in part {
                        let healthy = min(members + other.members, shape.members)
                        let working = min(stores + other.stores, shape.stores)
                        (fewest, most) = (min(fewest, healthy), max(most, healthy))
                        let target = ((flags | other.flags) * depth + working) * width + healthy
                        steadySum[target] += ownSteady * other.steady
                        plannedSum[target] += ownSteady * other.planned + ownPlanned * other.steady
                    }
                }
            }
        }
        steady = steadySum
        planned = plannedSum
        likely = min(fewest, most)...most
    }
}
