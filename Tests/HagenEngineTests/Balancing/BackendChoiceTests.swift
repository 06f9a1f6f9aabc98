import Hagen
import HagenEngine
import Testing

/// Who gets the next request.
struct BackendChoiceTests {
    private static func candidates(_ weights: [Int]) -> [BackendCandidate] {
        weights.enumerated().map { index, weight in
            var candidate = BackendCandidate(seed: BackendChoice.seed("b\(index)"), weight: weight)
            candidate.eligible = true
            return candidate
        }
    }

    private static func choose(
        _ choice: inout BackendChoice, _ candidates: inout [BackendCandidate], client: UInt64 = 0
    ) -> Int? {
        var span = candidates.mutableSpan
        return choice.choose(among: &span, client: client)
    }

    @Test("Round-robin takes turns, and weights do not come in bursts")
    func roundRobin() throws {
        var choice = try #require(BackendChoice(.roundRobin))
        var equal = Self.candidates([1, 1, 1])
        #expect((0..<7).map { _ in Self.choose(&choice, &equal) } == [0, 1, 2, 0, 1, 2, 0])
        var weighted = Self.candidates([5, 1, 1])
        #expect((0..<7).map { _ in Self.choose(&choice, &weighted) } == [0, 0, 1, 0, 2, 0, 0])
    }

    @Test(
        "Who is not eligible or has no weight is never chosen; nobody is chosen from nobody",
        arguments: [
            Model.Balancer.Strategy.roundRobin, .leastConnections, .ipHash,
        ])
    func notEligible(_ strategy: Model.Balancer.Strategy) throws {
        var choice = try #require(BackendChoice(strategy))
        var candidates = Self.candidates([1, 0, 3, 256])
        candidates[2].eligible = false
        var chosen: Set<Int> = []
        for client in 0..<500 {
            chosen.insert(try #require(Self.choose(&choice, &candidates, client: UInt64(client))))
        }
        #expect(chosen.isSubset(of: [0, 3]) && chosen.contains(3))
        candidates[0].eligible = false
        candidates[3].eligible = false
        #expect(Self.choose(&choice, &candidates) == nil)
        var none: [BackendCandidate] = []
        #expect(Self.choose(&choice, &none) == nil)
    }

    @Test("Least-connections takes the fewest for each unit of weight, and equals take turns")
    func leastConnections() throws {
        var choice = try #require(BackendChoice(.leastConnections))
        var candidates = Self.candidates([1, 1, 1])
        #expect((0..<6).map { _ in Self.choose(&choice, &candidates) } == [0, 1, 2, 0, 1, 2])
        candidates[0].connections = 5
        candidates[1].connections = 4
        candidates[2].connections = 6
        #expect(Self.choose(&choice, &candidates) == 1)
        // Six connections on weight three are fewer than four on weight one.
        candidates[2].weight = 3
        #expect(Self.choose(&choice, &candidates) == 2)
    }

    @Test("Held connections settle in proportion to the weights")
    func leastConnectionsSettles() throws {
        var choice = try #require(BackendChoice(.leastConnections))
        var candidates = Self.candidates([1, 2, 4])
        for _ in 0..<700 {
            let index = try #require(Self.choose(&choice, &candidates))
            candidates[index].connections += 1
        }
        #expect(candidates.map(\.connections) == [100, 200, 400])
    }

    @Test("By hash each client has its backend; the loss of one moves its clients alone, its return brings them back")
    func ipHash() throws {
        var choice = try #require(BackendChoice(.ipHash))
        var candidates = Self.candidates([1, 1, 1, 1, 1])
        let clients = (0..<5000).map { BackendChoice.hash(UInt64($0), 0) }
        let before = clients.map { Self.choose(&choice, &candidates, client: $0) }
        for index in 0..<5 {
            let share = before.filter { $0 == index }.count
            #expect((800...1200).contains(share), "backend \(index) has \(share) of 5000")
        }
        candidates[2].eligible = false
        let without = clients.map { Self.choose(&choice, &candidates, client: $0) }
        for (old, new) in zip(before, without) { #expect(old == 2 ? new != 2 : new == old) }
        candidates[2].eligible = true
        #expect(clients.map { Self.choose(&choice, &candidates, client: $0) } == before)
    }

    @Test("By hash the weights are the shares")
    func weightedHash() throws {
        var choice = try #require(BackendChoice(.ipHash))
        var candidates = Self.candidates([1, 3])
        let chosen = (0..<8000).map { Self.choose(&choice, &candidates, client: BackendChoice.hash(UInt64($0), 7)) }
        let share = Double(chosen.filter { $0 == 1 }.count) / 8000
        #expect((0.72...0.78).contains(share), "\(share)")
    }

    @Test("The choice by hash is the same on every host: a changed function would move all clients at an upgrade")
    func hashIsFixed() {
        // Computed apart from this code, from the published definitions of FNV-1a and splitmix64.
        #expect(BackendChoice.seed("a1") == 0x250B907A1315DEE5)
        #expect(BackendChoice.hash(0x0100_007F, 0) == 0xE89BE5664947D347)
    }

    @Test("Strategies without an engine are refused")
    func refused() {
        for strategy in [Model.Balancer.Strategy.consistentHash, .randomTwo, .leastTime] {
            #expect(BackendChoice(strategy) == nil)
        }
    }
}
