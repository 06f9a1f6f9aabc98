/// SplitMix64 (Steele, Lea and Flood 2014): small, quick, and the same on every machine.
package struct SeededRandom: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Of the whole range, its ends included. The bias of the multiplication is far below what a simulation could notice.
    package mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next().multipliedFullWidth(by: span).high)
    }

    package mutating func index(below count: Int) -> Int { Int(number(0...Int64(count - 1))) }

    package mutating func chance(_ percent: Int) -> Bool { number(0...99) < Int64(percent) }

    package mutating func element<Element>(of elements: [Element]) -> Element { elements[index(below: elements.count)] }
}

/// One stream for each part of the world, so that leaving out a fault changes as little as possible elsewhere.
struct RandomStreams: Sendable {
    var network: SeededRandom
    var store: SeededRandom
    var hosts: SeededRandom
    var clients: SeededRandom

    init(seed: UInt64) {
        var root = SeededRandom(seed: seed)
        network = SeededRandom(seed: root.next())
        store = SeededRandom(seed: root.next())
        hosts = SeededRandom(seed: root.next())
        clients = SeededRandom(seed: root.next())
    }
}
