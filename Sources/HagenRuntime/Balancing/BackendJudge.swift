internal import FoundationEssentials
internal import Hagen
internal import HagenEngine
internal import HagenProxy
internal import Logging

/// Puts together what checks, leases and traffic say of the backends, and tells the data plane who is eligible.
///
/// A backend that is the followed active member is judged generously: nobody else can serve in its place, so its first
/// success counts, and a new epoch clears its record.
actor BackendJudge {
    private let configuration: BalancerConfiguration
    private let server: ProxyServer
    private let logger: Logger
    /// By listener and backend.
    private var backends: [[Backend]]
    /// By listener: the leases of its cluster, by what stands behind the cluster's name in the key.
    private var leases: [[String: LeaseFollowingMachine]]
    /// By listener: whether the leases were read at least once.
    private var leasesKnown: [Bool]
    private var storeID: String?

    private struct Backend {
        /// `nil` without a check: always healthy.
        var check: BackendCheckMachine?
        /// While following the active member: by its lease, or by its own word, it may be served until then.
        var activeUntil: ContinuousClock.Instant?
        var activeEpoch: UInt64?
        var activeBy: LeaseFollowingMachine.Following.Source?
        var wasEligible = false
        var lastCheck = "not checked yet"

        var isHealthy: Bool { check.map { $0.health == .healthy } ?? true }
    }

    init(_ configuration: BalancerConfiguration, server: ProxyServer, logger: Logger) {
        self.configuration = configuration
        self.server = server
        self.logger = logger
        backends = configuration.listeners.map { listener in
            listener.backends.map { _ in
                Backend(check: listener.check.map { BackendCheckMachine(rise: $0.rise, fall: $0.fall) })
            }
        }
        leases = configuration.listeners.map { _ in [:] }
        leasesKnown = configuration.listeners.map { _ in false }
        // Without a check nothing else would ever look at these.
        for (index, listener) in configuration.listeners.enumerated()
        where !listener.followsLease && listener.check == nil {
            for backend in listener.backends.indices {
                backends[index][backend].wasEligible = true
                server.setEligible(until: .max, listener: index, backend: backend)
            }
        }
    }

    var health: [[Bool]] { backends.map { $0.map(\.isHealthy) } }

    // MARK: Checks and traffic

    /// - Returns: how soon the next check is due.
    func checkFinished(_ result: CheckResult, listener: Int, backend: Int) -> Duration {
        let text = result.description
        backends[listener][backend].lastCheck = text
        let directive: BackendCheckMachine.Directive?
        switch result {
        case .passed:
            if isActive(listener, backend) { backends[listener][backend].check?.forgiveFailures() }
            directive = backends[listener][backend].check?.checkPassed()
        case .failed:
            directive = backends[listener][backend].check?.checkFailed()
        }
        if let directive {
            let isHealthy = directive == .becameHealthy
            // A standby that waits cold answers no check, and is none the worse for it.
            let isExpected = isHealthy || configuration.listeners[listener].followsLease && !isActive(listener, backend)
            logger.log(
                level: isExpected ? .info : .warning, isHealthy ? "backend is healthy" : "backend is unhealthy",
                metadata: named(listener, backend, reason: "check: \(text)"))
            apply(listener, reason: isHealthy ? "healthy" : "unhealthy: \(text)")
        }
        server.suspicionTaken(listener: listener, backend: backend)
        let every = configuration.listeners[listener].check?.every ?? .seconds(1)
        let isAwaited = isActive(listener, backend) && !backends[listener][backend].isHealthy
        return isAwaited ? min(every, .milliseconds(100)) : every
    }

    /// - Returns: whether to check the backend now.
    func trafficFailed(listener: Int, backend: Int) -> Bool {
        guard backends[listener][backend].check?.trafficFailed() == .checkNow else { return false }
        logger.debug("backend is suspected", metadata: named(listener, backend, reason: "a connection to it failed"))
        return true
    }

    private func isActive(_ listener: Int, _ backend: Int) -> Bool {
        guard case .active = configuration.listeners[listener].selection else { return false }
        return backends[listener][backend].activeUntil.map { $0 > .now } ?? false
    }

    // MARK: Leases

    /// All leases were read.
    ///
    /// - Parameter instant: when the read was sent; the answer may be older than its receipt.
    func leasesRead(_ snapshot: StoreSnapshot, prefix: String, at instant: ContinuousClock.Instant) {
        let isReplaced = storeID != nil && storeID != snapshot.storeID
        if isReplaced {
            logger.warning("another store answers than before", metadata: ["store": "\(snapshot.storeID)"])
        }
        storeID = snapshot.storeID
        for (index, listener) in configuration.listeners.enumerated() {
            guard let duration = listener.leaseDuration else { continue }
            var sightings: [String: LeaseFollowingMachine.Sighting] = [:]
            for record in snapshot.records {
                guard let member = Self.member(of: record.key, prefix: prefix, cluster: listener.cluster),
                    let sighting = sighting(record.value, revision: record.revision, key: record.key)
                else { continue }
                sightings[member] = sighting
            }
            for member in Set(sightings.keys).union(leases[index].keys).sorted() {
                var machine = leases[index][member] ?? LeaseFollowingMachine(duration: duration)
                if isReplaced { _ = machine.storeReplaced() }
                note(machine.recordRead(sightings[member], at: instant), listener: index)
                leases[index][member] = machine
            }
            leasesKnown[index] = true
            follow(index)
        }
    }

    /// A watch delivered a change.
    func leaseChanged(_ change: StoreChange, prefix: String, at instant: ContinuousClock.Instant) {
        for (index, listener) in configuration.listeners.enumerated() {
            guard let duration = listener.leaseDuration,
                let member = Self.member(of: change.key, prefix: prefix, cluster: listener.cluster)
            else { continue }
            let found = change.value.flatMap { sighting($0, revision: change.revision, key: change.key) }
            var machine = leases[index][member] ?? LeaseFollowingMachine(duration: duration)
            note(machine.changeDelivered(found, at: instant), listener: index)
            leases[index][member] = machine
            follow(index)
        }
    }

    /// A member's agent answered that it has a permit.
    ///
    /// - Parameter asked: when the question was sent: what was left of the permit counts from there.
    func holderSpoke(_ host: String, _ permit: HeldPermit, askedAt asked: ContinuousClock.Instant) {
        guard permit.leftInNanoseconds > 0 else { return }
        for (index, listener) in configuration.listeners.enumerated() where listener.cluster == permit.cluster {
            guard let duration = listener.leaseDuration, listener.backends.contains(where: { $0.name == host })
            else { continue }
            // The one lease of a cluster whose members share it.
            var machine = leases[index][""] ?? LeaseFollowingMachine(duration: duration)
            let until = asked + min(.nanoseconds(permit.leftInNanoseconds), duration)
            guard machine.holderSpoke(host, epoch: permit.epoch, until: until) else { continue }
            leases[index][""] = machine
            follow(index)
        }
    }

    /// What stands behind the cluster's name in a lease's key: nothing, or a member's host; `nil` for another cluster.
    private static func member(of key: String, prefix: String, cluster: String) -> String? {
        guard key.hasPrefix(prefix + cluster) else { return nil }
        let rest = key.dropFirst(prefix.count + cluster.count)
        return rest.isEmpty || rest.first == "/" ? String(rest.dropFirst()) : nil
    }

    private func sighting(_ value: String, revision: Int64, key: String) -> LeaseFollowingMachine.Sighting? {
        do {
            let record = try JSONDecoder().decode(LeaseRecord.self, from: Data(value.utf8))
            return LeaseFollowingMachine.Sighting(record: record, revision: revision)
        } catch {
            logger.error(
                "a lease cannot be read, nobody is followed", metadata: ["key": "\(key)", "error": "\(error)"])
            return nil
        }
    }

    private func note(_ directive: LeaseFollowingMachine.Directive, listener: Int) {
        guard case .refuse(let epoch, let highest) = directive else { return }
        logger.error(
            "an older epoch is refused",
            metadata: [
                "balancer": "\(configuration.listeners[listener].name)", "epoch": "\(epoch)", "highest": "\(highest)",
            ])
    }

    /// Takes over what the machines now say of the listener's members.
    private func follow(_ listener: Int) {
        let now = ContinuousClock.now
        var holders: [String: LeaseFollowingMachine.Following] = [:]
        for (_, machine) in leases[listener].sorted(by: { $0.key < $1.key }) {
            guard let following = machine.following(at: now) else { continue }
            holders[following.holder] = following
        }
        for (index, backend) in configuration.listeners[listener].backends.enumerated() {
            let held = holders[backend.name]
            let before = backends[listener][index].activeEpoch
            backends[listener][index].activeUntil = held?.until
            backends[listener][index].activeEpoch = held?.epoch
            note(held?.source, listener, index)
            guard let held, before != held.epoch else { continue }
            if case .active = configuration.listeners[listener].selection {
                // A new epoch means a new role, perhaps a new process: what was known of the old one is void.
                if before != nil { server.cut(listener: listener, backend: index) }
                backends[listener][index].check?.memberChanged()
            }
        }
        apply(listener, reason: "lease")
    }

    /// Says in the log when the member is followed without the store, and when that is over.
    private func note(_ source: LeaseFollowingMachine.Following.Source?, _ listener: Int, _ index: Int) {
        let before = backends[listener][index].activeBy
        backends[listener][index].activeBy = source
        guard let source, source != before, source == .holder || before == .holder else { return }
        switch source {
        case .holder:
            // At its own start a balancer hears the holder before it has seen a renewal.
            logger.log(
                level: before == .lease ? .warning : .info, "follows the active member by its own word",
                metadata: named(listener, index, reason: "its lease was not seen to change lately"))
        case .lease:
            logger.info(
                "follows the active member by its lease", metadata: named(listener, index, reason: "its lease changed"))
        }
    }

    /// Says in the log when a lease ends without a word; the data plane has left the member by itself by then.
    func watchDeadlines() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            for listener in configuration.listeners.indices where configuration.listeners[listener].followsLease {
                let now = ContinuousClock.now
                guard backends[listener].contains(where: { $0.activeUntil.map { $0 <= now } ?? false }) else {
                    continue
                }
                for index in backends[listener].indices
                where backends[listener][index].activeUntil.map({ $0 <= now }) ?? false {
                    backends[listener][index].activeUntil = nil
                    backends[listener][index].activeEpoch = nil
                    backends[listener][index].activeBy = nil
                }
                apply(listener, reason: "its lease was not seen to change in time, and its agent was not heard")
            }
        }
    }

    // MARK: Eligibility

    private func apply(_ listener: Int, reason: String) {
        let now = ContinuousClock.now
        for index in backends[listener].indices {
            let deadline = eligibleUntil(listener, index, now)
            server.setEligible(until: deadline, listener: listener, backend: index)
            let isEligible = deadline > 0
            guard isEligible != backends[listener][index].wasEligible else { continue }
            backends[listener][index].wasEligible = isEligible
            logger.log(
                level: isEligible ? .info : .warning, isEligible ? "backend is eligible" : "backend is not eligible",
                metadata: named(listener, index, reason: reason))
        }
    }

    /// In the data plane's clock; 0 for not at all.
    private func eligibleUntil(_ listener: Int, _ index: Int, _ now: ContinuousClock.Instant) -> Int64 {
        let backend = backends[listener][index]
        switch configuration.listeners[listener].selection {
        case .members: return backend.isHealthy ? .max : 0
        case .active:
            // Before its first check the holder of a lease counts as healthy: a check would only prolong the failover.
            guard backend.check?.health != .unhealthy, let until = backend.activeUntil, until > now else { return 0 }
            return ProxyServer.now + (until - now).nanoseconds
        case .standbys:
            let name = configuration.listeners[listener].backends[index].name
            let isHolder = leases[listener].contains { $0.value.holder == name }
            return backend.isHealthy && leasesKnown[listener] && !isHolder ? .max : 0
        }
    }

    private func named(_ listener: Int, _ backend: Int, reason: String) -> Logger.Metadata {
        [
            "balancer": "\(configuration.listeners[listener].name)",
            "backend": "\(configuration.listeners[listener].backends[backend].name)",
            "address": "\(configuration.listeners[listener].backends[backend].address)", "reason": "\(reason)",
        ]
    }
}
