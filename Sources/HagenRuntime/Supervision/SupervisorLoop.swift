internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import HagenEngine

/// `hagend supervise`: one plain loop around one workload. It holds no more than it needs and waits for nothing but
/// descriptors, so that it acts on time while the agent is frozen, dead or being replaced.
///
/// It ends when it is asked to leave, and by itself when it has run nothing and heard of no agent for a while. A
/// SIGTERM stops the workload first. Its own SIGKILL takes the workload's first process with it (the parent-death signal);
/// what that process has started is only covered by the agent, which looks for it before it goes on. Without a control group two
/// things are covered by nobody: a descendant that outlives a killed supervisor and has emptied its environment, and a
/// supervisor that is stopped while its agent is dead. With one the agent finds and kills the former too.
package struct SupervisorLoop: ~Copyable {
    /// How long it stays idle without an agent.
    static let patience: Duration = .seconds(30)
    static let maximumConnections = 4
    private struct Connection {
        var descriptor: Int32
        var bytes: [UInt8] = []
    }

    private var supervisor: WorkloadSupervisor
    private let lock: Int32
    private let listener: Int32
    private let timer: Int32
    private let signals: Int32
    private var connections: [Connection] = []
    private var lastContact = Instant.now
    private var isLeaving = false
    private var announced = SupervisorReport(run: 0, state: .idle)
    private var announcedNotes: [String] = []

    /// - Parameters:
    ///   - socket: where the agent reaches it; the file beside it with `.lock` keeps a second one away.
    ///   - log: where the workload's output goes.
    ///   - controlGroup: the folder of the control group for the workload's processes; `nil`: there is none.
    /// - Throws: in words, where it cannot take its place.
    package init(socket path: String, log: String, controlGroup: String? = nil) throws(EngineFailure) {
        guard linux_thread_id() == getpid() else {
            // The parent-death signal follows the thread that forks, so it has to be the one that lives to the end.
            throw EngineFailure("the supervisor must run on the process's first thread")
        }
        guard linux_become_subreaper() == 0 else {
            throw EngineFailure("cannot become the parent of orphaned descendants: \(systemMessage(errno))")
        }
        _ = signal(SIGPIPE, SIG_IGN)
        _ = signal(SIGHUP, SIG_IGN)
        _ = signal(SIGINT, SIG_IGN)
        let lock = try SupervisorLock(path: path + ".lock").take()
        try WorkloadNetwork.removeLeftovers(socket: path)
        let signals = try Self.signalPipe()
        let timer = linux_boottime_timer()
        guard timer >= 0 else { throw EngineFailure("cannot make a timer: \(systemMessage(-timer))") }
        let null = try ChildProcess.openNull()
        let listener = try Self.listen(at: path)
        let output = try WorkloadLog.start(at: log)
        let group = controlGroup.map(ControlGroup.init)
        // From now on its being there tells that what this supervisor runs is in it.
        try group?.create()
        (self.lock, self.signals, self.timer, self.listener) = (lock, signals, timer, listener)
        supervisor = WorkloadSupervisor(
            in: WorkloadSurroundings(
                input: null, output: output, controlGroup: group,
                environmentFile: SupervisorFiles.environment(besides: path)),
            network: WorkloadNetwork(socket: path), watchdog: WatchdogClaim(supervisor: path))
        let refused = Urgency.raise()
        if !refused.isEmpty {
            EngineLog.warn("the supervisor at '\(path)' was not allowed \(refused.joined(separator: ", nor "))")
        }
        // The descriptors of whoever started it must not be kept open by what may outlive it.
        for descriptor: Int32 in 0...2 { dup2(null, descriptor) }
    }

    package mutating func run() {
        while true {
            supervisor.enforce(at: .now)
            if isLeaving, supervisor.report.state == .idle { break }
            // After the replies, for a look at all processes takes its time.
            supervisor.clear(at: .now)
            announce()
            let isAbandoned = connections.isEmpty && supervisor.report.state == .idle
            if isAbandoned, lastContact + Self.patience <= .now { break }
            let wake = isAbandoned ? lastContact + Self.patience : supervisor.wake
            _ = linux_boottime_timer_arm(timer, max(wake?.nanoseconds ?? 0, 0))
            let ready = wait()
            // Before anything that arrived: a message that was late must not find an old permit alive.
            supervisor.enforce(at: .now)
            if ready.contains(signals) { takeSignals() }
            supervisor.reap(at: .now)
            if let watched = supervisor.watched, ready.contains(watched) { supervisor.watchedChanged(at: .now) }
            if ready.contains(listener) { accept() }
            for descriptor in ready { serve(descriptor) }
            announce()
        }
        // Nothing of the workload is left: whoever comes next need not look for it.
        supervisor.network.leave()
        ftruncate(lock, 0)
        for connection in connections { close(connection.descriptor) }
    }

    /// The descriptors that have something to say.
    private func wait() -> [Int32] {
        var polled = ([signals, timer, listener] + connections.map(\.descriptor)).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        if let watched = supervisor.watched { polled.append(pollfd(fd: watched, events: Int16(POLLPRI), revents: 0)) }
        guard poll(&polled, nfds_t(polled.count), -1) > 0 else { return [] }
        return polled.filter { $0.revents != 0 }.map(\.fd)
    }

    private mutating func takeSignals() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while true {
            let count = read(signals, &bytes, bytes.count)
            guard count > 0 else { break }
            if bytes.prefix(count).contains(UInt8(SIGTERM)) {
                isLeaving = true
                supervisor.stop(at: .now)
            }
        }
        supervisor.reap(at: .now)
    }

    private mutating func accept() {
        let descriptor = linux_accept_unnamed(listener)
        guard descriptor >= 0 else { return }
        // The newest is the one that counts: an agent that hangs must not keep its successor out.
        if connections.count == Self.maximumConnections { drop(connections[0].descriptor) }
        connections.append(Connection(descriptor: descriptor))
        lastContact = .now
    }

    private mutating func serve(_ descriptor: Int32) {
        guard let index = connections.firstIndex(where: { $0.descriptor == descriptor }) else { return }
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0, connections[index].bytes.count + count <= SupervisorProtocol.maximumLineByteCount else {
            return drop(descriptor)
        }
        connections[index].bytes += buffer.prefix(count)
        var lines = connections[index].bytes.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        connections[index].bytes = Array(lines.removeLast())
        for line in lines where !line.isEmpty { answer(Data(line), on: descriptor) }
    }

    private mutating func answer(_ line: Data, on descriptor: Int32) {
        let refusal: String?
        var number: UInt64 = 0
        do {
            let request = try JSONDecoder().decode(SupervisorRequest.self, from: line)
            number = request.number
            if request.version != SupervisorProtocol.version {
                refusal =
                    "the request is of version \(request.version), this supervisor of \(SupervisorProtocol.version)"
            } else {
                supervisor.enforce(at: .now)
                refusal = supervisor.perform(request.order, at: .now)
                if request.order == .leave, refusal == nil { isLeaving = true }
                supervisor.reap(at: .now)
            }
        } catch {
            refusal = "the request cannot be read: \(error)"
        }
        send(
            SupervisorReply(
                number: number, processID: getpid(), report: supervisor.report, refusal: refusal,
                notes: supervisor.network.notes, claims: supervisor.network.claims),
            to: descriptor)
    }

    /// Tells everybody what has changed since the last time.
    private mutating func announce() {
        guard supervisor.report != announced || supervisor.network.notes != announcedNotes else { return }
        announced = supervisor.report
        announcedNotes = supervisor.network.notes
        for connection in connections {
            send(
                SupervisorReply(
                    processID: getpid(), report: supervisor.report, notes: announcedNotes,
                    claims: supervisor.network.claims),
                to: connection.descriptor)
        }
    }

    /// A receiver that does not keep up is cut off: it asks for the state when it comes back.
    private mutating func send(_ reply: SupervisorReply, to descriptor: Int32) {
        guard let line = try? JSONEncoder().encode(reply) + [UInt8(ascii: "\n")] else { return drop(descriptor) }
        let sent = line.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if sent != line.count { drop(descriptor) }
    }

    private mutating func drop(_ descriptor: Int32) {
        guard connections.contains(where: { $0.descriptor == descriptor }) else { return }
        connections.removeAll { $0.descriptor == descriptor }
        close(descriptor)
        lastContact = .now
    }
}

extension SupervisorLoop {
    private static func signalPipe() throws(EngineFailure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        let problem = linux_pipe_non_blocking(&ends)
        guard problem == 0 else { throw EngineFailure("cannot make a pipe: \(systemMessage(-problem))") }
        for number in [SIGCHLD, SIGTERM] {
            let problem = linux_signal_into(number, ends[1])
            guard problem == 0 else {
                throw EngineFailure("cannot handle signal \(number): \(systemMessage(-problem))")
            }
        }
        return ends[0]
    }

    private static func listen(at path: String) throws(EngineFailure) -> Int32 {
        guard let address = UnixSocketAddress(path: path) else {
            throw EngineFailure(
                "'\(path)' has \(path.utf8.count) bytes; the path of a Unix socket has at most \(UnixSocketAddress.maximumPathByteCount)",
                kind: .configuration)
        }
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw EngineFailure("cannot make a socket: \(systemMessage(errno))") }
        // The lock is ours: a socket that lies there belongs to nobody.
        unlink(path)
        let mask = umask(0o177)
        let isBound = address.withPointer { bind(descriptor, $0, $1) } == 0
        umask(mask)
        guard isBound, Glibc.listen(descriptor, 8) == 0 else {
            throw EngineFailure("cannot listen at '\(path)': \(systemMessage(errno))")
        }
        return descriptor
    }
}
