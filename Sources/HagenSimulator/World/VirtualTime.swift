internal import Hagen
internal import HagenEngine

/// Nanoseconds since the beginning of a world. No host ever sees it: each has a clock of its own.
package typealias VirtualTime = Int64

extension Duration {
    package init(virtual nanoseconds: VirtualTime) { self = .nanoseconds(nanoseconds) }
}

/// Spans of virtual time that are written often.
enum Span {
    static let microsecond: VirtualTime = 1_000
    static let millisecond: VirtualTime = 1_000_000
    static let second: VirtualTime = 1_000_000_000
}

/// A host's `CLOCK_BOOTTIME`: it begins at the host's boot, runs a little too fast or too slow, and never jumps.
struct HostClock: Equatable, Sendable {
    /// What it shows at the beginning of the world; negative where the host booted later.
    var offset: Int64
    /// How much too fast it runs; negative: too slow.
    var rateErrorInPartsPerMillion: Int64

    /// Later than any moment that a world reaches, so that the arithmetic below cannot overflow.
    private static let horizon: Int64 = 8_000_000_000_000

    func reading(at moment: VirtualTime) -> Instant { Instant(nanoseconds: offset + elapsed(at: moment)) }

    /// The first moment at which it shows that instant or a later one.
    func moment(of instant: Instant) -> VirtualTime {
        guard instant.nanoseconds < Self.horizon else { return .max }
        let shown = instant.nanoseconds - offset
        var moment = shown * 1_000_000 / (1_000_000 + rateErrorInPartsPerMillion)
        while elapsed(at: moment) < shown { moment += 1 }
        return moment
    }

    private func elapsed(at moment: VirtualTime) -> Int64 {
        moment + moment * rateErrorInPartsPerMillion / 1_000_000
    }
}
