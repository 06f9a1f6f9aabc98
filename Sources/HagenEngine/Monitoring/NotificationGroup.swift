internal import PromQL

/// What one receiver knows of one alert, and what it is still to be told.
struct NotificationGroup: Equatable, Sendable {
    private var firing: [Labels: AlertInstance] = [:]
    /// Not told yet.
    private var resolved: [Labels: AlertInstance] = [:]
    /// Grows with every change, so that a change during an attempt is not taken as told by it.
    private var generation: UInt64 = 0
    private var toldGeneration: UInt64 = 0
    private var toldAt: ContinuousClock.Instant?
    private var attempts = 0
    private var notBefore: ContinuousClock.Instant?
    private(set) var flight: Flight?

    /// An attempt under way.
    struct Flight: Equatable, Sendable {
        fileprivate var generation: UInt64
        fileprivate var resolved: [AlertInstance]
    }

    var isDue: Bool { generation != toldGeneration }
    var isEmpty: Bool { firing.isEmpty && resolved.isEmpty && flight == nil && !isDue }

    mutating func fired(_ instance: AlertInstance) {
        resolved[instance.labels] = nil
        firing[instance.labels] = instance
        generation += 1
    }

    mutating func resolved(_ instance: AlertInstance) {
        firing[instance.labels] = nil
        resolved[instance.labels] = instance
        generation += 1
    }

    mutating func updated(_ active: [AlertInstance]) {
        for instance in active where firing[instance.labels] != nil { firing[instance.labels] = instance }
    }

    func maySend(limits: NotificationMachine.Limits, at now: ContinuousClock.Instant) -> Bool {
        guard flight == nil, notBefore.map({ $0 <= now }) ?? true else { return false }
        if isDue { return !firing.isEmpty || !resolved.isEmpty }
        guard !firing.isEmpty, let toldAt else { return false }
        return now - toldAt >= limits.repeatInterval
    }

    /// - Returns: what the message says, and how many instances it leaves out.
    mutating func startSending(limits: NotificationMachine.Limits) -> ([AlertInstance], truncated: Int) {
        let ended = resolved.values.sorted { $0.labels < $1.labels }
        let all = firing.values.sorted { $0.labels < $1.labels } + ended
        flight = Flight(generation: generation, resolved: ended)
        attempts += 1
        return (Array(all.prefix(limits.alertsInMessage)), max(0, all.count - limits.alertsInMessage))
    }

    mutating func delivered(at now: ContinuousClock.Instant) {
        guard let flight else { return }
        toldGeneration = flight.generation
        toldAt = now
        attempts = 0
        notBefore = nil
        for instance in flight.resolved where resolved[instance.labels] == instance { resolved[instance.labels] = nil }
        self.flight = nil
    }

    mutating func failed(isTransient: Bool, limits: NotificationMachine.Limits, at now: ContinuousClock.Instant) {
        flight = nil
        let doublings = min(attempts - 1, 16)
        let backoff = isTransient ? limits.shortestBackoff * (1 << doublings) : limits.longestBackoff
        notBefore = now + min(backoff, limits.longestBackoff)
        // A repetition that failed is due until it arrives.
        if !isDue { generation += 1 }
    }

    /// Forgets resolved instances that could not be told in time, or that are too many.
    /// - Returns: how many.
    mutating func dropOverdue(limits: NotificationMachine.Limits, at now: ContinuousClock.Instant) -> Int {
        guard flight == nil, !resolved.isEmpty else { return 0 }
        let before = resolved.count
        resolved = resolved.filter { now - ($0.value.resolvedAt ?? now) < limits.longestAge }
        if resolved.count > limits.resolvedInGroup {
            let oldestFirst = resolved.values.sorted {
                ($0.resolvedAt ?? now, $0.labels) < ($1.resolvedAt ?? now, $1.labels)
            }
            for instance in oldestFirst.prefix(resolved.count - limits.resolvedInGroup) {
                resolved[instance.labels] = nil
            }
        }
        if firing.isEmpty, resolved.isEmpty { toldGeneration = generation }
        return before - resolved.count
    }
}
