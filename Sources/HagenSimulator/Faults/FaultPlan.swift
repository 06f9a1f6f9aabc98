internal import Hagen

/// The faults of one life, in the order in which they begin.
package struct FaultPlan: Equatable, Sendable, CustomStringConvertible {
    package var faults: [Fault]

    package init(_ faults: [Fault]) { self.faults = faults.sorted { $0.start < $1.start } }

    package static let none = FaultPlan([])

    /// When the last fault has ended.
    package var end: VirtualTime { faults.map(\.end).max() ?? 0 }

    package var description: String { faults.map(\.description).joined(separator: "; ") }

    /// Reads what `description` writes; `nil` where it is something else.
    package init?(_ text: String) {
        var faults: [Fault] = []
        for part in text.split(separator: ";") {
            guard let fault = Fault(part) else { return nil }
            faults.append(fault)
        }
        self.init(faults)
    }

    func replacing(_ kind: Fault.Kind, by other: Fault.Kind) -> FaultPlan {
        var plan = self
        for index in plan.faults.indices where plan.faults[index].kind == kind { plan.faults[index].kind = other }
        return plan
    }

    package func contains(_ kinds: Fault.Kind...) -> Bool { faults.contains { kinds.contains($0.kind) } }
}

extension FaultPlan {
    /// A few faults that overlap or not, each for a time that is chosen to lie on both sides of the lease.
    ///
    /// - Parameter kinds: of which it chooses.
    package static func random(seed: UInt64, settings: WorldSettings, of kinds: [Fault.Kind]) -> FaultPlan {
        // Another stream than the world's own, which begins with the seed itself.
        var random = SeededRandom(seed: ~seed)
        let lease = settings.timing.duration.nanoseconds
        let begin = 600 * Span.millisecond + lease
        let count = Int(random.number(1...4))
        return FaultPlan(
            (0..<count).map { _ in
                let kind = random.element(of: kinds)
                // Whole microseconds, so that the text of a plan says it all.
                let start = (begin + random.number(0...3 * lease)) / Span.microsecond * Span.microsecond
                let length = random.number(lease / 20...lease * 5 / 2) / Span.microsecond * Span.microsecond
                return Fault(
                    kind: kind, victim: kind.victim(settings, &random), start: start, length: length,
                    amount: kind.amount(settings, &random))
            })
    }
}

extension Fault.Kind {
    /// What a random plan may contain.
    package static let random: [Self] = allCases

    /// Those that, of a world without the kernel's gate, only a watchdog could cover.
    package static let coveredByGateOnly: [Self] = [.frozenHost, .frozenSupervisor, .stuckWorkload]

    fileprivate func victim(_ settings: WorldSettings, _ random: inout SeededRandom) -> Fault.Victim {
        switch self {
        case .loss, .delay, .duplication, .storeOutage, .oldStore: return .everything
        case .lostStoreMember, .isolatedStoreMember:
            return random.chance(60) ? .storeLeader : .host(random.element(of: settings.store.hosts))
        case .killedWorkload: return .active
        default:
            switch random.number(0...9) {
            case 0...5: return .active
            case 6: return .storeLeader
            default: return .host(random.index(below: settings.hosts.count))
            }
        }
    }

    fileprivate func amount(_ settings: WorldSettings, _ random: inout SeededRandom) -> Int64 {
        let lease = settings.timing.duration.nanoseconds / Span.millisecond
        switch self {
        case .loss: return random.number(2...40)
        case .delay: return random.number(lease / 10...lease * 3 / 2)
        case .slowDisk: return random.number(5...lease / 2)
        case .clockJump: return random.element(of: [-300, -1, 1, 300])
        case .oldStore: return random.number(0...2)
        default: return 0
        }
    }
}
