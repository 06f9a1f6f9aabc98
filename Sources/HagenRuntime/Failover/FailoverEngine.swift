internal import FoundationEssentials
internal import Glibc
package import Hagen
internal import HagenEngine
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// `hagend failover`: the agent of one host. It runs the members' machines, and performs what they tell it to.
///
/// Everything that happens comes through one queue and is handled without waiting: the machines change, their directives
/// are performed, the next is taken. What takes time (the store, the disk) runs beside it and comes back through the queue.
package actor FailoverEngine: EngineService {
    /// More would mean that the agent does not keep up; what may be lost is asked for again.
    private static let queueLimit = 8192

    let configuration: FailoverConfiguration
    let logger: Logger
    let environment = ProcessInfo.processInfo.environment
    let folders: FailoverFolders
    let store: (any CoordinationStore)?
    private let executable: String
    private let eventLoop: any EventLoop
    private let queue: FailoverQueue
    let restartWatch = WakeUp()
    /// Set when the supervisors are told to leave: none is to be started in their place.
    private nonisolated let isLeaving = Mutex(false)

    var members: [FailoverMember]
    var memberByKey: [String: Int] = [:]
    var memberByName: [String: Int] = [:]
    var isStoreReachable: Bool?
    var peerSeen: [String: Instant] = [:]
    let events: EventLog
    var orders = KnownOrders()
    /// Switchovers that this host's members refused, by their numbers.
    var refused: Set<UInt64> = []
    /// When a switchover's removal from its record may be tried again.
    var clearing: [UInt64: Instant] = [:]
    var socket: AgentSocket?
    private let wire: AgentWire
    private var scheduled: Scheduled<Void>?
    private var isStopping = false
    private var isStarted = false

    /// - Parameters:
    ///   - store: needed where a cluster fails over.
    ///   - adapters: what looks after the data of those clusters that have some, by their names.
    ///   - executable: `hagend`, to start supervisors with; unsaid, the program that this process runs.
    /// - Throws: `EngineFailure`.
    package init(
        _ configuration: FailoverConfiguration, context: EngineContext, store: (any CoordinationStore)?,
        adapters: [String: any DataAdapter] = [:], executable: String? = nil
    ) throws {
        let faults = FailoverFaults.found(in: configuration)
        guard faults.isEmpty else { throw EngineFailure(faults.joined(separator: "\n"), kind: .configuration) }
        self.configuration = configuration
        logger = context.logger
        self.store = store
        // The link that the kernel keeps, not a path: the file may be replaced by a newer one under a running agent.
        self.executable = executable ?? "/proc/\(getpid())/exe"
        wire = AgentWire(
            key: try configuration.heartbeat?.key.map { name in
                try AgentKey.read(name, in: CredentialFolder(context.credentialsDirectory))
            })
        let folders = FailoverFolders(runtime: context.runtimeDirectory, state: context.stateDirectory)
        self.folders = folders
        events = EventLog(host: configuration.host, path: folders.events, logger: context.logger)
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        queue = FailoverQueue(limit: Self.queueLimit)
        var random = SystemRandomNumberGenerator()
        members = try configuration.clusters.map { cluster in
            let path = folders.socket(of: cluster.name)
            guard path.utf8.count <= UnixSocketAddress.maximumPathByteCount else {
                throw EngineFailure(
                    "'\(path)' is too long for a Unix socket: \(path.utf8.count) bytes of at most \(UnixSocketAddress.maximumPathByteCount); choose a shorter runtime folder",
                    kind: .configuration)
            }
            return try FailoverMember(cluster, of: configuration, folders: folders, nonceSeed: random.next())
        }
        for (index, member) in members.enumerated() {
            memberByName[member.cluster.name] = index
            members[index].adapter = adapters[member.cluster.name]
            if let key = member.key { memberByKey[key] = index }
        }
        guard memberByKey.isEmpty || store != nil else {
            throw EngineFailure("clusters that fail over need a store", kind: .configuration)
        }
    }

    package nonisolated var maximumStopTime: Duration { configuration.maximumStopTime }

    /// Until every member is stopped after a graceful shutdown, or until it is cancelled: then the workloads run on
    /// under their supervisors.
    package func run() async throws {
        try folders.create(
            rolesForOthers: members.contains { $0.roleFile != nil && $0.cluster.workload.process?.user != nil })
        // The lab's agents, and others without the right to it, do without.
        if let refused = Urgency.lockMemory() { logger.debug("was not allowed \(refused)") }
        note(.started, "the agent started as process \(getpid())")
        await withDiscardingTaskGroup { group in
            startSources(in: &group)
            for await _ in queue.arrivals {
                while let input = queue.next() {
                    let jobs = handle(input, at: .now) + noticeRoles(at: .now)
                    for job in jobs { group.addTask { await job.run() } }
                }
                if isStopping, members.allSatisfy({ $0.isFinished && $0.hooks.isIdle }) { break }
                arm()
            }
            scheduled?.cancel()
            await leave()
            await events.flush()
            group.cancelAll()
        }
    }

    package func ready() async {
        while !Task.isCancelled, !members.allSatisfy({ $0.machine.workload != nil }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    package func status() async -> EngineStatus.Detail {
        let now = Instant.now
        let peers = configuration.heartbeat?.peers ?? []
        var status = FailoverStatus(
            storeReachable: store == nil || memberByKey.isEmpty ? nil : isStoreReachable ?? false,
            clusters: members.map { $0.status(at: now, order: orders.clusters[$0.cluster.name]) },
            peers: peers.map { peer in
                FailoverStatus.Peer(host: peer.host, age: peerSeen[peer.host].map { now - $0 })
            })
        status.drained = orders.hosts[configuration.host]?.drained
        return .failover(status)
    }

    /// `nil`, also where it goes wrong: the workloads are then supervised without control groups.
    private func enterGroups() -> AgentGroups? {
        do {
            return try AgentGroups.enter()
        } catch {
            logger.warning("runs its workloads without control groups: \(error)")
            return nil
        }
    }

    private func startSources(in group: inout DiscardingTaskGroup) {
        let queue = queue
        let groups = enterGroups()
        group.addTask {
            try? await gracefulShutdown()
            if Task.isShuttingDownGracefully { queue.add(.stop) }
        }
        for (index, member) in members.enumerated() {
            let link = SupervisorLink(
                cluster: member.cluster.name, executable: executable, socket: folders.socket(of: member.cluster.name),
                log: folders.log(of: member.cluster.name), mark: member.mark, groups: groups,
                addresses: member.cluster.addresses,
                remains: WorkloadRemains(
                    cluster: member.cluster, host: configuration.host, inherited: environment),
                watchdog: member.watchdog, eventLoop: eventLoop, logger: logger,
                isNeeded: { [weak self] in self?.isLeaving.withLock { !$0 } ?? false },
                deliver: { news in queue.add(.supervisor(index, news)) })
            group.addTask { await link.run() }
            if let check = member.cluster.check {
                group.addTask { [weak self] in await self?.repeatCheck(check, of: index) }
            }
        }
        for (index, member) in members.enumerated() {
            guard let adapter = member.adapter else { continue }
            group.addTask { await adapter.run { report in queue.add(.data(index, report)) } }
        }
        for keeper in watchdogs { group.addTask { await keeper.run() } }
        if let store, !memberByKey.isEmpty, let prefix = configuration.store?.prefix {
            let feed = StoreFeed(
                store: store, prefix: prefix,
                floors: { [weak self] in await self?.knownRevisions() ?? [] },
                deliver: { news in queue.add(.store(news)) }, restart: restartWatch)
            group.addTask { await feed.run() }
            group.addTask { await store.inspect() }
        }
        let events = events
        group.addTask { await events.run() }
        if configuration.clusters.contains(where: { $0.gate != nil }) {
            group.addTask { [weak self] in await self?.watchGates() }
        }
        if let heartbeat = configuration.heartbeat, !(heartbeat.peers.isEmpty && heartbeat.followers.isEmpty) {
            let empty = message(.greeting([]))
            let socket = AgentSocket(
                configuration: heartbeat, wire: wire, eventLoop: eventLoop, logger: logger,
                greeting: { [weak self] in await self?.greeting() ?? empty },
                heard: { message, address in
                    if case .inquiry = message.content {
                        queue.add(.inquired(message, from: address))
                    } else {
                        queue.add(.heard(message))
                    }
                })
            self.socket = socket
            group.addTask { await socket.run() }
        }
    }

    private func handle(_ input: FailoverInput, at now: Instant) -> [FailoverJob] {
        switch input {
        case .supervisor(let index, let news): return supervisorSaid(news, of: index, at: now)
        case .store(let news): return storeChanged(news, at: now)
        case .answered(let answer): return storeAnswered(answer, at: now)
        case .remembered(let index, let memory, let problem):
            return remembered(memory, of: index, problem: problem, at: now)
        case .heard(let message): return heard(message, at: now)
        case .inquired(let message, let address):
            answer(message, from: address, at: now)
            return []
        case .fenced(let index, let host, let epoch, let problem):
            return perform(
                members[index].machine.lease { $0.fenced(host, epoch: epoch, problem: problem, at: now) }, of: index,
                at: now)
        case .checked(let index, let run, let result): return checked(result, run: run, of: index, at: now)
        case .hooksEnded(let index): return hooksEnded(of: index)
        case .data(let index, let report): return dataReported(report, of: index, at: now)
        case .gate(let index, let problem): return gateSeen(problem, of: index, at: now)
        case .time:
            var work = orders.isTimed ? tellOrders(at: now) : FailoverWork()
            for index in members.indices { work.add(members[index].machine.timeReached(at: now), of: index) }
            let jobs = perform(work, at: now)
            killUnresponsive(at: now)
            return jobs + clearOrders(at: now) + clearPromotions(at: now)
        case .stop:
            isStopping = true
            note(.stopping, "the agent was told to stop")
            return forAll(at: now) { $0.stopRequested(at: now) }
        }
    }

    private func knownRevisions() -> [Int64] { members.map { $0.machine.leased?.knownRevision ?? 0 } }

    private func repeatCheck(_ check: CheckConfiguration, of index: Int) async {
        let cluster = members[index].cluster
        guard let address = IPAddress(cluster.address), let port = cluster.port else { return }
        let target = Hagen.SocketAddress(address, port: port)
        while !Task.isCancelled {
            try? await Task.sleep(for: check.every)
            let machine = members[index].machine
            guard machine.leased?.isActive ?? false, machine.workload?.state == .running else { continue }
            let result = await BackendProbe.run(check.kind, target, timeout: check.timeout)
            guard !Task.isCancelled else { return }
            queue.add(.checked(index, run: machine.run, result))
        }
    }

    /// Only a hint to look again: what is decided then depends on `CLOCK_BOOTTIME` alone, and the supervisors act at the
    /// deadlines by themselves. A second at most, because this timer does not count a suspended machine's sleep.
    private func arm() {
        let now = Instant.now
        var wake = Instant.distantFuture
        // By their numbers: a member is large, and this runs after every message.
        for index in members.indices {
            if let moment = members[index].machine.wake(at: now) { wake = min(wake, moment) }
            if let moment = members[index].answerDue { wake = min(wake, moment) }
        }
        let delay = min(max(wake - now, .microseconds(200)), .seconds(1))
        scheduled?.cancel()
        let queue = queue
        scheduled = eventLoop.scheduleTask(in: .nanoseconds(delay.nanoseconds)) {
            queue.add(.time)
        }
    }

    /// The supervisors are idle: they end with the agent. One that does not answer ends by itself later.
    private func leave() async {
        guard isStopping else { return }
        isLeaving.withLock { $0 = true }
        for index in members.indices { send(.leave, to: index) }
        let limit = Instant.now + .seconds(2)
        while !Task.isCancelled, .now < limit, members.contains(where: { $0.channel?.isActive ?? false }) {
            try? await Task.sleep(for: .milliseconds(2))
        }
        for keeper in watchdogs { keeper.leave() }
    }

    private var watchdogs: [WatchdogLink] {
        Set(members.compactMap(\.cluster.watchdog)).sorted().map { device in
            WatchdogLink(
                device: device, executable: executable, socket: folders.watchdog(device), logger: logger,
                isNeeded: { [weak self] in self?.isLeaving.withLock { !$0 } ?? false })
        }
    }

    nonisolated var inbox: @Sendable (FailoverInput) -> Void { { [queue] in queue.add($0) } }
}
