package import Hagen

/// One backend as the choice sees it: plain data, refreshed by the caller before each choice.
package struct BackendCandidate: Equatable, Sendable {
    /// Tells the backend from all others, on every host alike; see `BackendChoice.seed`.
    package var seed: UInt64
    /// 0 to 256; 0 is never chosen.
    package var weight: Int32
    /// Requests (HTTP) or connections (TCP) that it has now, over all loops.
    package var connections: Int32 = 0
    package var eligible = false
    /// Round-robin's own: how far the backend is ahead of or behind its share.
    package var credit: Int64 = 0

    package init(seed: UInt64, weight: Int) {
        self.seed = seed
        self.weight = Int32(clamping: weight)
    }

    @inline(__always) fileprivate var mayBeChosen: Bool { eligible && weight > 0 }
}

/// Which backend gets the next request or connection. Allocates nothing; one value a listener and loop.
package struct BackendChoice: Equatable, Sendable {
    package enum Strategy: Equatable, Sendable { case roundRobin, leastConnections, ipHash }
    package let strategy: Strategy
    /// Where the search among equals starts next time.
    private var rotation = 0

    /// - Returns: `nil` for a strategy that has no engine yet.
    package init?(_ strategy: Model.Balancer.Strategy) {
        switch strategy {
        case .roundRobin, .weighted: self.strategy = .roundRobin
        case .leastConnections: self.strategy = .leastConnections
        case .ipHash: self.strategy = .ipHash
        case .consistentHash, .randomTwo, .leastTime: return nil
        }
    }

    /// The index of the chosen candidate; `nil` when none is eligible.
    ///
    /// - Parameter client: a hash of the client's address, the same for the same address; see `hash`.
    package mutating func choose(among candidates: inout MutableSpan<BackendCandidate>, client: UInt64) -> Int? {
        switch strategy {
        case .roundRobin: chooseInTurn(&candidates)
        case .leastConnections: chooseLeastLoaded(candidates)
        case .ipHash: Self.chooseByHash(candidates, client: client)
        }
    }

    /// Smooth weighted round-robin, as in nginx's upstream module: each candidate gains its weight, the richest is
    /// chosen and pays the sum of all. Weights 5, 1, 1 give a a b a c a a, not five times a in a row.
    private func chooseInTurn(_ candidates: inout MutableSpan<BackendCandidate>) -> Int? {
        var best: Int?
        var total: Int64 = 0
        for index in candidates.indices where candidates[index].mayBeChosen {
            candidates[index].credit += Int64(candidates[index].weight)
            total += Int64(candidates[index].weight)
            if best.map({ candidates[index].credit > candidates[$0].credit }) ?? true { best = index }
        }
        if let best { candidates[best].credit -= total }
        return best
    }

    /// The fewest connections for each unit of weight; equals take turns.
    private mutating func chooseLeastLoaded(_ candidates: borrowing MutableSpan<BackendCandidate>) -> Int? {
        var best: Int?
        for step in 0..<candidates.count {
            let index = (rotation + step) % candidates.count
            let candidate = candidates[index]
            guard candidate.mayBeChosen else { continue }
            guard let leader = best else { best = index; continue }
            // Compared as fractions without dividing: a/v < b/w where a·w < b·v.
            let load = Int64(candidate.connections) * Int64(candidates[leader].weight)
            if load < Int64(candidates[leader].connections) * Int64(candidate.weight) { best = index }
        }
        if let best { rotation = best + 1 }
        return best
    }

    /// Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Resch 2015): each candidate draws
    /// `-ln(hash) / weight` and the smallest wins. Without one backend, only its clients move.
    private static func chooseByHash(_ candidates: borrowing MutableSpan<BackendCandidate>, client: UInt64) -> Int? {
        var best: Int?
        var bestDraw = Double.infinity
        for index in candidates.indices where candidates[index].mayBeChosen {
            let draw = negativeLogarithm(of: mix(client ^ candidates[index].seed)) / Double(candidates[index].weight)
            if draw < bestDraw {
                bestDraw = draw
                best = index
            }
        }
        return best
    }
}

// MARK: - Hashes

extension BackendChoice {
    /// FNV-1a (64 bits) of a backend's name, mixed.
    package static func seed(_ name: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return mix(hash)
    }

    /// The hash of an address whose bytes stand in two words.
    package static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 { mix(mix(first) ^ second) }

    /// The finalizer of splitmix64 (Steele, Lea, Flood 2014): every bit of the input changes half of the output.
    static func mix(_ value: UInt64) -> UInt64 {
        var bits = value &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// `-ln(u)` where u is the value as a fraction in (0, 1]: ln of the binary exponent plus the series of the inverse
    /// hyperbolic tangent for the rest, with an error below 1e-6. Written out because the engine imports no library of
    /// mathematics, and the same on every machine.
    static func negativeLogarithm(of bits: UInt64) -> Double {
        let fraction = (Double(bits >> 11) + 1) * 0x1p-53
        let ratio = (fraction.significand - 1) / (fraction.significand + 1)
        let square = ratio * ratio
        let series = 1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square * (1.0 / 9 + square / 11))))
        return -(Double(fraction.exponent) * 0.693_147_180_559_945_3 + 2 * ratio * series)
    }
}
