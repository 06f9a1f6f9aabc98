/// What a receiver is to be told in one message: all instances of one alert that fire, and those that have been
/// resolved since the last message that arrived.
package struct Notification: Equatable, Sendable {
    /// Tells the attempts apart; a later one has a higher number.
    package var id: UInt64
    package var receiver: String
    package var alert: String
    /// Firing ones first, each part sorted by labels; at most `NotificationMachine.Limits.alertsInMessage`.
    package var instances: [AlertInstance]
    /// How many more there were.
    package var truncated: Int
}

package enum NotificationDirective: Equatable, Sendable {
    /// The shell answers with `delivered` or `failed` of this id.
    case send(Notification)
    /// So many resolved instances will never be told to the receiver: it has been failing for too long, or too many wait.
    case gaveUp(receiver: String, alert: String, instances: Int)
}

/// Decides when each receiver is told what.
///
/// There is no queue of messages. Each alert and receiver have one group, which keeps what the receiver has not been
/// told yet; a message is made from it when it is sent. A receiver that comes back is told what is true then, once, and
/// what is kept is bounded by the alerts themselves. What surprises: an alert that fired and was resolved while the
/// receiver was away is still told, as resolved, with both its times.
package struct NotificationMachine: Equatable, Sendable {
    package struct Limits: Equatable, Sendable {
        package var repeatInterval = Duration.seconds(4 * 3600)
        package var shortestBackoff = Duration.seconds(1)
        package var longestBackoff = Duration.seconds(60)
        /// What was resolved is given up when it could not be told for so long, which is after some 65 attempts. What
        /// fires is never given up while it fires: a receiver that was away all night must hear of it in the morning.
        package var longestAge = Duration.seconds(3600)
        package var alertsInMessage = 100
        package var resolvedInGroup = 1_000
        package var messagesAtOnce = 8

        package init() {}
    }

    private struct Key: Hashable, Comparable, Sendable {
        var receiver: String
        var alert: String
        static func < (left: Self, right: Self) -> Bool {
            (left.receiver, left.alert) < (right.receiver, right.alert)
        }
    }

    package let limits: Limits
    private var groups: [Key: NotificationGroup] = [:]
    private var lastID: UInt64 = 0
    private var inFlight: [UInt64: Key] = [:]
    package private(set) var deliveredMessages: UInt64 = 0
    package private(set) var failedAttempts: UInt64 = 0
    /// Resolved instances that were never told.
    package private(set) var droppedInstances: UInt64 = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// How many groups wait to be told.
    package var waiting: Int { groups.values.count { $0.isDue || $0.flight != nil } }

    /// Takes the changes of one alert's evaluation.
    package mutating func alertChanged(
        _ alert: String, _ directives: [AlertDirective], routing: AlertRouting, at now: ContinuousClock.Instant
    ) -> [NotificationDirective] {
        for directive in directives {
            switch directive {
            case .becamePending, .withdrawn: break
            case .fired(let instance):
                for receiver in routing.receivers(of: instance.labels) {
                    groups[Key(receiver: receiver, alert: alert), default: NotificationGroup()].fired(instance)
                }
            case .resolved(let instance):
                for receiver in routing.receivers(of: instance.labels) {
                    groups[Key(receiver: receiver, alert: alert), default: NotificationGroup()].resolved(instance)
                }
            }
        }
        return timeReached(at: now)
    }

    /// Keeps the values and annotations of what fires as they are now; nobody is told for that alone.
    package mutating func alertEvaluated(_ alert: String, _ active: [AlertInstance], routing: AlertRouting) {
        for receiver in routing.allReceivers { groups[Key(receiver: receiver, alert: alert)]?.updated(active) }
    }

    package mutating func delivered(_ id: UInt64, at now: ContinuousClock.Instant) -> [NotificationDirective] {
        guard let key = inFlight.removeValue(forKey: id) else { return [] }
        deliveredMessages += 1
        groups[key]?.delivered(at: now)
        if groups[key]?.isEmpty == true { groups[key] = nil }
        return timeReached(at: now)
    }

    /// - Parameter isTransient: whether the receiver may take the same message later; else the longest back-off starts
    ///   at once.
    package mutating func failed(
        _ id: UInt64, isTransient: Bool, at now: ContinuousClock.Instant
    ) -> [NotificationDirective] {
        guard let key = inFlight.removeValue(forKey: id) else { return [] }
        failedAttempts += 1
        groups[key]?.failed(isTransient: isTransient, limits: limits, at: now)
        return timeReached(at: now)
    }

    /// Starts what has become due: to be called about once a second.
    package mutating func timeReached(at now: ContinuousClock.Instant) -> [NotificationDirective] {
        var directives: [NotificationDirective] = []
        for key in groups.keys.sorted() {
            guard var group = groups[key] else { continue }
            let dropped = group.dropOverdue(limits: limits, at: now)
            if dropped > 0 {
                droppedInstances += UInt64(dropped)
                directives.append(.gaveUp(receiver: key.receiver, alert: key.alert, instances: dropped))
            }
            if group.maySend(limits: limits, at: now), inFlight.count < limits.messagesAtOnce {
                lastID += 1
                inFlight[lastID] = key
                let (instances, truncated) = group.startSending(limits: limits)
                directives.append(
                    .send(
                        Notification(
                            id: lastID, receiver: key.receiver, alert: key.alert, instances: instances,
                            truncated: truncated)))
            }
            groups[key] = group.isEmpty ? nil : group
        }
        return directives
    }
}
