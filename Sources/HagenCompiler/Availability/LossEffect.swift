internal import Hagen

/// What the loss of a host, a zone or the store does to one part of a topology: the one place that knows it. The
/// README, the report and whatever else explains a topology only write it down.
struct LossEffect: Equatable, Sendable {
    enum Loss: Equatable, Sendable {
        case host(String)
        /// Every host in it.
        case zone(String)
        /// So many of its members that it does not work.
        case store

        /// What is to come back.
        var noun: String {
            switch self {
            case .host: "the host"
            case .zone: "the zone"
            case .store: "the store"
            }
        }
    }

    enum Subject: Equatable, Sendable {
        case store
        case cluster(String)
        case balancer(String)

        var name: String {
            switch self {
            case .store: "store"
            case .cluster(let name), .balancer(let name): name
            }
        }
    }

    enum Outcome: Equatable, Sendable {
        /// Clients notice nothing, or next to nothing.
        case goesOn
        /// Nobody serves for at most that long; a start of unknown length comes on top where one is said.
        case interrupted(atMost: Duration, startIsUnknown: Bool)
        /// It serves, but less than it promises.
        case degraded
        /// Nobody serves until what was lost is back.
        case down
    }

    var subject: Subject
    var outcome: Outcome
    /// One or two sentences, which name the subject.
    var sentence: String

    /// What happens to whom; those to whom nothing happens are left out.
    static func all(ofLosing loss: Loss, _ overview: TopologyOverview) -> [LossEffect] {
        LossJudge(loss, overview).effects
    }
}

/// One loss, and what it does to each part.
private struct LossJudge {
    let loss: LossEffect.Loss
    let overview: TopologyOverview
    let lost: Set<String>
    /// The store does not work any more.
    let storeIsLost: Bool
    private let storeCount, storeLeft: Int

    init(_ loss: LossEffect.Loss, _ overview: TopologyOverview) {
        self.loss = loss
        self.overview = overview
        let hosts: [TopologyOverview.Host] =
            switch loss {
            case .host(let name): overview.host(named: name).map { [$0] } ?? []
            case .zone(let name): overview.hosts.filter { $0.zone == name }
            case .store: []
            }
        lost = Set(hosts.map(\.name))
        storeCount = overview.storeCount
        storeLeft = storeCount - hosts.count(where: \.runsStore)
        storeIsLost = loss == .store || storeCount > 0 && storeLeft < storeQuorum(of: storeCount)
    }

    var effects: [LossEffect] {
        var clusters: [Int]
        if storeIsLost, overview.needsStore {
            clusters = overview.clusters.indices.filter { touches(overview.clusters[$0]) }
        } else {
            clusters = Set(lost.compactMap(overview.host(named:)).flatMap(\.clusters)).sorted()
        }
        clusters.removeAll { !overview.clusters[$0].isExternal && overview.clusters[$0].members.isEmpty }
        let balancers = Set(lost.compactMap(overview.host(named:)).flatMap(\.balancers)).sorted()
        return [store].compactMap(\.self) + clusters.map { effect(on: overview.clusters[$0]) }
            + balancers.map { effect(on: overview.balancers[$0]) }
    }

    private func touches(_ cluster: TopologyOverview.Cluster) -> Bool {
        cluster.lease != nil || cluster.members.contains { lost.contains($0.host) }
    }

    // MARK: The store

    private var store: LossEffect? {
        guard loss == .store || storeLeft < storeCount else { return nil }
        guard storeIsLost else {
            return LossEffect(
                subject: .store, outcome: .goesOn,
                sentence: "The store goes on with \(storeLeft) of \(storeCount) members.")
        }
        if overview.storeIsDistributed {
            let left =
                loss == .store
                ? "The store does not work with fewer than \(storeQuorum(of: storeCount)) of its \(storeCount) members"
                : "The store has \(storeLeft) of \(storeCount) members left and needs \(storeQuorum(of: storeCount))"
            return LossEffect(
                subject: .store, outcome: .down, sentence: "\(left): nobody takes over from anybody until it is back.")
        }
        guard overview.needsStore else { return nil }
        return LossEffect(
            subject: .store, outcome: .down,
            sentence: (loss == .store ? "The store is lost" : "The store is lost with it")
                + ": nobody takes over from anybody until it is back. No data of the store is lost.")
    }

    // MARK: Clusters

    private func effect(on cluster: TopologyOverview.Cluster) -> LossEffect {
        let others = cluster.members.filter { !lost.contains($0.host) }
        let left = "\(others.count) of \(ReadmePage.count(cluster.members.count, "member")) left"
        func result(_ outcome: LossEffect.Outcome, _ sentence: String) -> LossEffect {
            LossEffect(subject: .cluster(cluster.name), outcome: outcome, sentence: sentence)
        }
        guard !others.isEmpty else {
            return result(.down, "\(cluster.name) has no other member: it is down until \(loss.noun) is back.")
        }
        if let lease = cluster.lease, storeIsLost {
            return withoutStore(cluster, lease, losesMembers: others.count < cluster.members.count, left)
        }
        guard let recovery = cluster.model.recoveryTimes else { return together(cluster, others.count, left) }
        let gone = cluster.members.filter { lost.contains($0.host) }
        if gone.allSatisfy({ cluster.neverActive.contains($0.host) }) {
            let waits = writesWait(cluster, others.count)
            return result(
                waits == nil ? .goesOn : .degraded,
                "\(cluster.name) goes on with \(left): the member there is never active.\(waits ?? "")")
        }
        let candidates = others.map(\.host).filter { !cluster.neverActive.contains($0) }
        guard let next = candidates.first, let within = recovery.hostLoss else {
            return result(.down, "\(cluster.name) has no other candidate: it is down until \(loss.noun) is back.")
        }
        let order =
            candidates.count > 1
            ? " (then, in this order: \(candidates.dropFirst().joined(separator: ", ")))" : ""
        let start = recovery.startIsUnknown ? " plus its start" : ""
        let waits = writesWait(cluster, others.count)
        return result(
            waits == nil ? .interrupted(atMost: within, startIsUnknown: recovery.startIsUnknown) : .degraded,
            "\(cluster.name): where its member was active, \(next) takes over within \(within.text)\(start)\(order); "
                + "where it stood by, nothing changes for clients. \(left).\(waits ?? "")")
    }

    private func withoutStore(
        _ cluster: TopologyOverview.Cluster, _ lease: LeaseTiming, losesMembers: Bool, _ left: String
    ) -> LossEffect {
        let stop = WorstCaseTimes.stepDown(lease).text
        if cluster.model.kind == .activeActive {
            return LossEffect(
                subject: .cluster(cluster.name), outcome: .goesOn,
                sentence: "\(cluster.name) goes on with \(left); a member whose agent restarts waits for the store.")
        }
        if !losesMembers {
            return LossEffect(
                subject: .cluster(cluster.name), outcome: .goesOn,
                sentence: "\(cluster.name) goes on while all its members answer each other; the loss of one more stops "
                    + "it within \(stop).")
        }
        return LossEffect(
            subject: .cluster(cluster.name), outcome: .down,
            sentence: "\(cluster.name) steps down within \(stop), for a member is lost with the store; \(left).")
    }

    /// Members that serve at the same time.
    private func together(_ cluster: TopologyOverview.Cluster, _ count: Int, _ left: String) -> LossEffect {
        guard count >= cluster.model.requiredMembers else {
            return LossEffect(
                subject: .cluster(cluster.name), outcome: .degraded,
                sentence: "\(cluster.name) has \(left), fewer than the \(cluster.model.requiredMembers) that it needs, "
                    + "until \(loss.noun) is back.")
        }
        let checks = cluster.balancers.compactMap { overview.balancers[$0].check }
        let noticed = checks.map(WorstCaseTimes.detection).max().map { " Balancers take it out within \($0.text)." }
        return LossEffect(
            subject: .cluster(cluster.name), outcome: .goesOn,
            sentence: "\(cluster.name) goes on with \(left).\(noticed ?? "")")
    }

    private func writesWait(_ cluster: TopologyOverview.Cluster, _ count: Int) -> String? {
        let needed = cluster.model.requiredMembers
        guard count < needed else { return nil }
        if cluster.model.membersThatWritesNeed > count {
            return " Writes wait until \(needed - 1) \(needed == 2 ? "standby" : "standbys") can acknowledge them."
        }
        return " It needs \(needed)."
    }

    // MARK: Balancers

    private func effect(on balancer: TopologyOverview.Balancer) -> LossEffect {
        let others = balancer.places.filter { !lost.contains($0.host) }
        func result(_ outcome: LossEffect.Outcome, _ rest: String) -> LossEffect {
            LossEffect(
                subject: .balancer(balancer.name), outcome: outcome,
                sentence: "Balancer \(balancer.name) no longer listens there, \(rest)")
        }
        guard let next = others.first else {
            return result(.down, "and listens nowhere else: its clients are not served.")
        }
        let places = others.map { "\($0.address) (\($0.host))" }.joined(separator: ", ")
        guard let address = balancer.virtualIPs.first else {
            return result(.goesOn, "and goes on listening on \(places).")
        }
        return result(
            .interrupted(atMost: Model.Balancer.addressMove, startIsUnknown: false),
            "and its virtual IP \(address) moves to \(next.host) within \(Model.Balancer.addressMove.text) where it was there."
        )
    }
}
