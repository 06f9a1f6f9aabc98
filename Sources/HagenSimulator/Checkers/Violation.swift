internal import Hagen

/// A rule that was broken: by whom, how, and when.
package struct Violation: Equatable, Sendable, CustomStringConvertible {
    package enum Rule: String, Sendable {
        case singleActive = "never two active at once"
        case leaseHonoured = "no act under an expired lease"
        case epochsGrow = "epochs only grow"
        case recordIntact = "the lease's record never steps back"
        case singleAddress = "the virtual address is on one host"
        case olderEpochRefused = "nothing of an older epoch is accepted"
        case linearizable = "the acknowledged history is linearizable"
        case recovers = "somebody acts again in time"
    }
    package var rule: Rule
    package var moment: VirtualTime
    package var text: String

    package init(_ rule: Rule, at moment: VirtualTime, _ text: String) {
        self.rule = rule
        self.moment = moment
        self.text = text
    }

    package var description: String { "\(rule.rawValue), at \(Duration(virtual: moment).text): \(text)" }
}
