/// Who reaches whom, and how long that takes. Beside the hosts two more nodes stand in it: the clients, and the data that the
/// workloads share.
///
/// A cut is one direction of one path, until a moment: from these every partition is made, an asymmetric one too.
struct Network: Sendable {
    let nodeCount: Int
    private var blockedUntil: [VirtualTime]
    /// Of every packet, until then.
    var lossUntil: VirtualTime = 0
    var lossPercent = 0
    /// Some messages are held up until then, by this much at most, so that they overtake each other.
    var delayUntil: VirtualTime = 0
    var longestDelay: VirtualTime = 0
    var duplicationUntil: VirtualTime = 0

    init(hostCount: Int) {
        nodeCount = hostCount + 2
        blockedUntil = Array(repeating: 0, count: nodeCount * nodeCount)
    }

    var clients: Int { nodeCount - 2 }
    var data: Int { nodeCount - 1 }

    func isOpen(from: Int, to: Int, at now: VirtualTime) -> Bool { blockedUntil[from * nodeCount + to] <= now }

    mutating func cut(from: Int, to: Int, until moment: VirtualTime) {
        guard from != to else { return }
        blockedUntil[from * nodeCount + to] = max(blockedUntil[from * nodeCount + to], moment)
    }

    mutating func cutBoth(_ one: Int, _ other: Int, until moment: VirtualTime) {
        cut(from: one, to: other, until: moment)
        cut(from: other, to: one, until: moment)
    }
}

extension World {
    /// How long a message needs over a connection; `nil` where nothing gets through. A lost packet is sent again.
    mutating func connectionDelay(from: Int, to: Int) -> VirtualTime? {
        guard network.isOpen(from: from, to: to, at: now) else { return nil }
        guard from != to else { return 50 * Span.microsecond }
        var delay = random.network.number(100 * Span.microsecond...Span.millisecond)
        if now < network.lossUntil {
            // The kernel probes a lost tail soon, and waits for longer each time.
            var wait = random.network.number(20 * Span.millisecond...220 * Span.millisecond)
            while delay < 3 * Span.second, random.network.chance(network.lossPercent) {
                delay += wait
                wait *= 2
            }
        }
        if now < network.delayUntil, random.network.chance(30) {
            delay += random.network.number(0...network.longestDelay)
        }
        return delay
    }

    /// How long each copy of a datagram needs; `nil`: there is none, or it is lost. Most have one.
    mutating func datagramDelays(from: Int, to: Int) -> (first: VirtualTime?, second: VirtualTime?) {
        guard network.isOpen(from: from, to: to, at: now) else { return (nil, nil) }
        let isDuplicated = now < network.duplicationUntil && random.network.chance(30)
        let first = datagramDelay()
        return (first, isDuplicated ? datagramDelay() : nil)
    }

    private mutating func datagramDelay() -> VirtualTime? {
        if now < network.lossUntil, random.network.chance(network.lossPercent) { return nil }
        var delay = random.network.number(100 * Span.microsecond...Span.millisecond)
        if now < network.delayUntil, random.network.chance(30) {
            delay += random.network.number(0...network.longestDelay)
        }
        return delay
    }
}
