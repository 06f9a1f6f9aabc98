/// When clients were served and when not.
package struct ServiceLog: Equatable, Sendable {
    package struct Outage: Equatable, Sendable {
        package var start: VirtualTime
        package var end: VirtualTime
    }
    /// Those that are over, in their order.
    package private(set) var outages: [Outage] = []
    /// Since when nobody is served; `nil` while somebody is.
    package private(set) var lostAt: VirtualTime?

    mutating func saw(isServed: Bool, at now: VirtualTime) {
        if isServed, let start = lostAt {
            outages.append(Outage(start: start, end: now))
            lostAt = nil
        } else if !isServed, lostAt == nil {
            lostAt = now
        }
    }
}
