internal import Hagen
internal import HagenCompiler
internal import HagenSimulator

/// One cluster of a release as the simulator takes it.
struct SimulatedCluster {
    let name: String
    let settings: WorldSettings
    /// What the release's README says of it.
    let promised: PromisedTimes
    /// What the simulator does not know of the real one, in words.
    let simplifications: [String]

    /// Of each cluster whose members share a lease, sorted by name.
    static func all(of release: Release) -> [SimulatedCluster] {
        let names = Set(
            release.hosts.flatMap { host in
                (host.failover?.clusters ?? []).filter { $0.mode.sharesLease && $0.lease != nil }.map(\.name)
            })
        return names.sorted().compactMap { SimulatedCluster($0, of: release) }
    }

    private init?(_ name: String, of release: Release) {
        let parts = release.hosts.compactMap { host in
            host.failover.flatMap { failover in
                failover.clusters.first { $0.name == name }.map { (failover: failover, cluster: $0) }
            }
        }
        guard let (failover, cluster) = parts.first, let timing = cluster.lease else { return nil }
        let zones = Dictionary(uniqueKeysWithValues: release.hosts.map { ($0.name, $0.zone) })
        var hosts = cluster.members.map { member in
            var host = WorldSettings.Host(
                name: member.host, zone: member.zone ?? zones[member.host] ?? "", isCandidate: member.candidate)
            host.priority = member.priority
            host.fencingDelay = cluster.fencingDelay(on: member.host)
            return host
        }
        var store: [Int] = []
        let declared = release.topology.storeHosts(release.placement)
        for name in declared.isEmpty ? [Release.coordinatorHost] : declared {
            if let index = hosts.firstIndex(where: { $0.name == name }) {
                store.append(index)
            } else {
                store.append(hosts.count)
                hosts.append(
                    WorldSettings.Host(name: name, zone: zones[name] ?? "", isMember: false, isCandidate: false))
            }
        }
        let model = release.topology.clusters.first { $0.name == name }
        var notes: [String] = []
        var workload = WorldSettings.Workload(
            standby: cluster.workload.standby, restartLimit: cluster.workload.restartLimit,
            restartWindow: cluster.workload.restartWindow, stopTimeout: cluster.workload.stopTimeout)
        if case .process(let process) = model?.workload, let time = process.startTime {
            workload.start = time
        } else if cluster.workload.kind == .none {
            (workload.start, workload.stop) = (.zero, .zero)
        } else if cluster.workload.standby == .cold {
            notes.append("nobody declared how long the workload takes to start: \(workload.start.text) is assumed")
        }
        // A workload that stops at once tells nothing of one that takes its time.
        workload.stop = min(workload.stop, workload.stopTimeout)
        var settings = WorldSettings(
            hosts: hosts, timing: timing, heartbeat: failover.heartbeat?.every ?? Defaults.heartbeat,
            store: WorldSettings.Store(hosts: store, election: release.topology.storeElection), workload: workload)
        settings.hasAddress = !cluster.addresses.isEmpty
        settings.hasPermitGate = cluster.permitPort != nil
        settings.giveBackAfter = cluster.giveBackAfter?.wrappedValue
        settings.isGated = cluster.gate != nil
        if cluster.mode == .addresses { settings.clientCount = 0 }
        self.name = name
        self.settings = settings
        promised = model?.recoveryTimes.map(PromisedTimes.init) ?? PromisedTimes(settings)
        simplifications = notes
    }
}

extension PromisedTimes {
    fileprivate init(_ times: RecoveryTimes) {
        self.init(
            hostLoss: times.hostLoss, workloadEnd: times.workloadEnd, switchover: times.switchover, start: times.start)
    }
}
