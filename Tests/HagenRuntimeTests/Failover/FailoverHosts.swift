import Foundation
import Hagen
import HagenEngine
import Synchronization
import Testing

@testable import HagenRuntime

/// Real agents on one machine, one for each host, around a real coordinator. Each host's active workload writes lines
/// `NANOSECONDS EPOCH HOST PID` to one file that all share.
final class FailoverHosts: Sendable {
    static let cluster = "shop"
    /// Nanoseconds since the epoch, from the shell: a line every few milliseconds for as long as it lives.
    static let activity = """
        trap 'exit 0' TERM
        while :; do echo "$(date +%s%N) $HAGEN_EPOCH $HAGEN_HOST $$" >> "$ACTIVITY"; sleep 0.01; done
        """

    let directory: TemporaryDirectory
    let coordinator: CoordinatorProcess
    let hosts: [String]
    /// All that this test starts, and what these start, carries it in the environment.
    private let mark = "HAGEN_TEST=\(UUID().uuidString)"
    /// The agents run in it where it is not `nil`.
    private let group: TestControlGroup?
    private let agents = Mutex<[String: Process]>([:])

    struct Line: Equatable {
        var nanoseconds: Int64
        var epoch: UInt64
        var host: String
        var processID: Int32
    }

    /// - Parameter clusters: all are on every host; what is asked of a status is said of the first.
    init(
        _ hosts: [String] = ["a", "b", "c"], clusters names: [String] = [cluster], script: String = activity,
        in group: TestControlGroup? = nil, adapt: (inout FailoverConfiguration.Cluster) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        coordinator = try CoordinatorProcess()
        self.hosts = hosts
        self.group = group
        let ports = try hosts.map { _ in try freePort() }
        for (index, host) in hosts.enumerated() {
            let clusters = names.map { name in
                var cluster = FailoverConfiguration.Cluster(
                    name: name, mode: .activePassive,
                    workload: FailoverConfiguration.Workload(
                        kind: .process(
                            FailoverConfiguration.Workload.Process(
                                command: ["/bin/sh", "-c", script],
                                environment: ["ACTIVITY": directory.path + "/activity"])), standby: .cold,
                        restartLimit: 0,
                        restartWindow: .seconds(60),
                        stopTimeout: .seconds(2)), address: "127.0.0.1", port: nil,
                    members: hosts.map { FailoverConfiguration.Member(host: $0, priority: 100, candidate: true) },
                    lease: LeaseTiming(duration: .seconds(1), renew: .milliseconds(250), stop: .milliseconds(800)))
                adapt(&cluster)
                return cluster
            }
            let configuration = FailoverConfiguration(
                topology: "test", host: host,
                store: StoreAddress(endpoints: [coordinator.endpoint], prefix: "/hagen/test/"),
                heartbeat: FailoverConfiguration.Heartbeat(
                    listen: SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: ports[index]),
                    every: .milliseconds(100),
                    peers: hosts.indices.filter { $0 != index }.map {
                        HostAddress(
                            host: hosts[$0],
                            address: SocketAddress(IPAddress(ipv4: [127, 0, 0, 1]), port: ports[$0]))
                    }), clusters: clusters)
            _ = try directory.folder(host)
            _ = try directory.folder(host + "/run")
            _ = try directory.folder(host + "/state")
            let json = try JSONEncoder().encode(configuration)
            _ = try directory.file(host + "/failover.json", String(decoding: json, as: UTF8.self))
            _ = try directory.file(host + "/log", "")
        }
    }

    deinit {
        agents.withLock {
            for process in $0.values where process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        // What an agent started outlives it on purpose.
        for _ in 0..<100 {
            let remains = ProcessTree.processes(with: mark)
            if remains.isEmpty { break }
            for process in remains { kill(process, SIGKILL) }
        }
    }

    /// Starts the coordinator and all agents, and waits until one is active.
    func start() async throws {
        try await coordinator.start()
        for host in hosts { try start(host) }
        _ = try await active()
    }

    func start(_ host: String) throws {
        let process = Process()
        process.executableURL = packageDirectory.appendingPathComponent(".build/debug/hagend")
        process.arguments = ["failover", "--configuration", directory.path + "/\(host)/failover.json"]
        if let group, let arguments = process.arguments, let program = process.executableURL?.path {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments =
                ["-c", "echo 0 > \"$0\" && exec \"$@\"", "\(group.group.path)/cgroup.procs", program] + arguments
        }
        let parts = mark.split(separator: "=").map(String.init)
        process.environment = [
            "RUNTIME_DIRECTORY": directory.path + "/\(host)/run", "STATE_DIRECTORY": directory.path + "/\(host)/state",
            "PATH": "/usr/bin:/bin", parts[0]: parts[1],
        ]
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.path + "/\(host)/log"))
        try log.seekToEnd()
        process.standardError = log
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        agents.withLock { $0[host] = process }
    }

    func signal(_ signal: Int32, agentOf host: String) {
        agents.withLock { if let process = $0[host] { kill(process.processIdentifier, signal) } }
    }

    /// Sends the signal and waits for the agent's end.
    func end(_ host: String, _ signal: Int32) async throws {
        let process = try #require(agents.withLock { $0[host] })
        kill(process.processIdentifier, signal)
        try await within(.seconds(20)) {
            while process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    /// Every process of the host but the agent: the supervisor and the workload.
    func processes(of host: String) -> [Int32] {
        ProcessTree.processes(with: "RUNTIME_DIRECTORY=\(directory.path)/\(host)/run")
            + ProcessTree.processes(
                with: "\(WorkloadEnvironment.mark)=\(directory.path)/\(host)/run/supervise/\(Self.cluster).sock")
    }

    func status(of host: String) async throws -> FailoverStatus.Cluster {
        let socket = directory.path + "/\(host)/run/control.sock"
        guard case .status(let status) = try await ControlClient.ask(.status, at: socket),
            case .failover(let failover) = status.detail
        else { throw POSIXError(.EPROTO) }
        return try #require(failover.clusters.first)
    }

    /// The host that is active with a running workload, once there is one, other than the one that is left out.
    func active(besides other: String? = nil, above epoch: UInt64 = 0) async throws -> FailoverStatus.Cluster {
        try await within(.seconds(30)) { [self] in
            while true {
                for host in hosts where host != other {
                    if let status = try? await status(of: host), status.role == .active, status.workload == .running,
                        status.epoch > epoch, status.holder == host
                    {
                        return status
                    }
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func waitUntil(
        _ host: String, _ isMet: @escaping @Sendable (FailoverStatus.Cluster) -> Bool
    ) async throws -> FailoverStatus.Cluster {
        try await within(.seconds(30)) { [self] in
            while true {
                if let status = try? await status(of: host), isMet(status) { return status }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Waits until the file says what is asked for.
    func waitForLines(_ isMet: @escaping @Sendable ([Line]) -> Bool) async throws -> [Line] {
        try await within(.seconds(30)) { [self] in
            while true {
                let lines = lines()
                if isMet(lines) { return lines }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    func lines() -> [Line] {
        let text = (try? String(contentsOfFile: directory.path + "/activity", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 4, let nanoseconds = Int64(words[0]), let epoch = UInt64(words[1]),
                let process = Int32(words[3])
            else { return nil }
            return Line(nanoseconds: nanoseconds, epoch: epoch, host: String(words[2]), processID: process)
        }
    }

    func logs() -> String {
        hosts.map { host in (try? String(contentsOfFile: directory.path + "/\(host)/log", encoding: .utf8)) ?? "" }
            .joined()
    }

    /// Fails where the workload of a lower epoch wrote after that of a higher one had begun, or one epoch has two writers.
    ///
    /// Nothing written at all proves nothing: it fails too.
    func expectNeverTwoActive(sourceLocation: SourceLocation = #_sourceLocation) {
        let byEpoch = Dictionary(grouping: lines(), by: \.epoch).sorted { $0.key < $1.key }
        #expect(!byEpoch.isEmpty, sourceLocation: sourceLocation)
        for (epoch, lines) in byEpoch {
            #expect(
                Set(lines.map(\.host)).count == 1, "epoch \(epoch) has several hosts", sourceLocation: sourceLocation)
        }
        for (earlier, later) in zip(byEpoch, byEpoch.dropFirst()) {
            let last = earlier.value.map(\.nanoseconds).max() ?? 0
            let first = later.value.map(\.nanoseconds).min() ?? 0
            #expect(
                last < first, "epochs \(earlier.key) and \(later.key) act at once\n\(logs())",
                sourceLocation: sourceLocation)
        }
    }

    /// From the last line before the moment to the first line of a higher epoch.
    func outage(after moment: Int64, epoch: UInt64) async throws -> Duration {
        let lines = try await waitForLines { lines in lines.contains { $0.epoch > epoch } }
        let first = try #require(lines.filter { $0.epoch > epoch }.map(\.nanoseconds).min())
        return .nanoseconds(first - moment)
    }
}

/// Nanoseconds since the epoch, as `date +%s%N` has them.
func wallClock() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }

private let packageDirectory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
