internal import Hagen
internal import HagenEngine
internal import NIOCore

/// One member of this host, as the engine keeps it: its machine, and what connects the machine with the world.
struct FailoverMember: Sendable {
    let cluster: FailoverConfiguration.Cluster
    /// The lease's whole key; `nil` without a lease.
    let key: String?
    let memoryFile: LeaseMemoryFile?
    let roleFile: String?
    /// What the workload's environment carries; see `WorkloadEnvironment.mark`.
    let mark: String
    /// The socket of its watchdog's keeper; `nil` where it has none.
    let watchdog: String?
    var machine: MemberMachine
    /// Of its lease's records.
    var commits = LeaseCommits()
    var check: MemberCheck?

    /// Looks after the workload's data; `nil`: it has none.
    var adapter: (any DataAdapter)?

    let hookFile: HookMemoryFile
    var hooks: MemberHooks

    var channel: (any Channel)?
    /// How the last run ended, from when a supervisor of an earlier release was told to leave until its successor's first word.
    var endingOfOutdated: String?
    /// Set from a new supervisor's connection to its first word.
    var isReplaced = false
    /// What the supervisor said that a person should know, as it said it last.
    var notes: [String] = []
    /// What the supervisor has not answered; see `FailoverMember+Answers.swift`.
    var answer: AwaitedAnswer?
    var lastOrder: UInt64 = 0
    /// The run that was last ordered to start and has not been heard of yet.
    var startOrdered: UInt64 = 0
    var isFinished = false
    /// What the last look at the gate showed; `nil`: nobody has looked yet.
    var lookedAtGate: String??
    /// The last record that it wrote, and its text: by it what comes back is known without reading it again.
    var written: (text: String, record: LeaseRecord)?
    var isMemoryUnderWay = false
    var nextMemory: LeaseMemory?

    /// - Throws: where the memory cannot be read.
    init(
        _ cluster: FailoverConfiguration.Cluster, of configuration: FailoverConfiguration, folders: FailoverFolders,
        nonceSeed: UInt64
    ) throws {
        self.cluster = cluster
        mark = folders.socket(of: cluster.name)
        watchdog = cluster.watchdog.map(folders.watchdog)
        roleFile =
            cluster.workload.standby == .hot && cluster.mode == .activePassive
            ? folders.roleFile(of: cluster.name) : nil
        check = cluster.check.map(MemberCheck.init)
        hookFile = HookMemoryFile(path: folders.hookFile(of: cluster.name))
        hooks = MemberHooks(cluster.hooks, last: hookFile.read())
        guard let timing = cluster.lease, cluster.mode != .loadBalancing, let store = configuration.store else {
            key = nil
            memoryFile = nil
            machine = .unleased(
                UnleasedMember(
                    restartLimit: cluster.workload.restartLimit, restartWindow: cluster.workload.restartWindow))
            return
        }
        let isShared = cluster.mode.sharesLease
        key = store.prefix + LeaseKey.of(cluster: cluster.name, host: isShared ? nil : configuration.host)
        let file = LeaseMemoryFile(path: folders.memoryFile(of: cluster.name))
        memoryFile = file
        // Only a shared lease can make a standby.
        let standby = isShared ? cluster.workload.standby : .cold
        var settings = LeasedMember.Settings(
            host: configuration.host, timing: timing,
            candidates: cluster.members.filter { $0.candidate && (isShared || $0.host == configuration.host) }.map {
                LeasedMember.Candidate(host: $0.host, priority: $0.priority, zone: $0.zone)
            },
            members: isShared ? cluster.members.map(\.host).sorted() : [configuration.host], standby: standby,
            restartLimit: cluster.workload.restartLimit,
            restartWindow: cluster.workload.restartWindow,
            freshness: (configuration.heartbeat?.every ?? .milliseconds(100)) * 4)
        settings.isGated = cluster.gate != nil
        settings.giveBackAfter = cluster.giveBackAfter?.wrappedValue
        settings.replication = cluster.replication.flatMap(ReplicationPolicy.init)
        settings.fencingDelay = cluster.fencingDelay(on: configuration.host)
        settings.endingPatience = cluster.workload.stopTimeout + Self.proofTime
        machine = .leased(LeasedMember(settings: settings, memory: try file.read(), nonceSeed: nonceSeed))
    }

    /// From the end of a workload's stop time until it has to be proved dead.
    private static let proofTime: Duration = .seconds(5)

    /// What the workload is to be started with.
    func start(
        run: UInt64, role: MemberRole, permit: Permit?, host: String, inherited: [String: String]
    ) -> WorkloadStart {
        let environment = WorkloadEnvironment.of(
            cluster, host: host, role: role, epoch: permit?.epoch ?? 0, roleFile: roleFile, mark: mark,
            inherited: inherited)
        var start = WorkloadStart(
            run: run, role: role, permit: permit, workload: cluster.workload.kind, environment: environment,
            addresses: cluster.addresses, permitPort: cluster.permitPort,
            stopTimeoutInNanoseconds: cluster.workload.stopTimeout.nanoseconds, roleFile: roleFile)
        start.watchdog = watchdog
        if watchdog != nil { start.watchdogMarginInNanoseconds = cluster.lease?.watchdogMargin.nanoseconds }
        return start
    }

    /// - Parameter order: what operators ordered of the cluster.
    func status(at now: Instant, order: ClusterOrder?) -> FailoverStatus.Cluster {
        let leased = machine.leased
        let isRunning = machine.workload?.state == .running
        let isActive = leased?.isActive ?? isRunning
        var status = FailoverStatus.Cluster(
            name: cluster.name, mode: cluster.mode, role: isActive ? .active : .standby, epoch: leased?.epoch ?? 0,
            holder: leased?.holder(at: now), workload: workloadState, processID: machine.workload?.processID,
            address: cluster.address, port: cluster.port, restarts: machine.unexpectedEnds,
            permitRemaining: leased?.permit.map { max($0.deadline - now, .zero) }, reason: reason(at: now))
        status.addresses = cluster.addresses.map { "\($0.address)" }
        (status.pause, status.switchover) = (order?.pause, order?.switchover)
        guard let leased else { return status }
        status.data = leased.dataStatus
        status.problem = leased.isActive ? nil : leased.problem(at: now)
        status.leaseAge = leased.leaseAge(at: now)
        status.isOnPromises = leased.isOnPromises
        status.gate = leased.gateProblem
        status.suspicions = leased.suspicions(at: now).map {
            FailoverStatus.Suspicion(host: $0.host, value: $0.suspicion)
        }
        return status
    }

    private func reason(at now: Instant) -> String {
        guard let memoryFile, machine.leased?.memory?.hold != nil else { return machine.reason(at: now) }
        return
            "\(machine.reason(at: now)); a person ends it: see what the store lost, stop the agents of all members and see that their workloads are stopped, remove '\(memoryFile.path)' on each of their hosts, start them"
    }

    private var workloadState: FailoverStatus.Cluster.WorkloadState {
        guard let workload = machine.workload else { return .stopped }
        if startOrdered > workload.run { return .starting }
        switch workload.state {
        case .running: return .running
        case .ending: return .stopping
        case .idle: return machine.unexpectedEnds > 0 && !isFinished && key == nil ? .failed : .stopped
        }
    }
}

extension FailoverConfiguration.Cluster {
    /// The first device that is named; a host has no use for a second.
    var watchdog: String? {
        for case .watchdog(let device) in fencing { return device }
        return nil
    }
}
