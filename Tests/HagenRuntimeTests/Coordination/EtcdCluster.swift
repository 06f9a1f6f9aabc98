import Foundation
import FoundationNetworking
import HagenRuntime
import Synchronization
import Testing

/// A real etcd of a test's own on loopback, of one member or more, whose data ends with the test.
final class EtcdCluster: Sendable {
    static let program = "/usr/bin/etcd"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    struct Member: Sendable {
        var name: String
        var clientPort: Int
        var peerPort: Int
        var data: String
    }

    let directory: TemporaryDirectory
    let members: [Member]
    private let scheme: String
    private let extra: [String]
    private let processes: Mutex<[Int: Process]> = Mutex([:])

    /// - Parameter arguments: besides its own.
    init(members count: Int, arguments: [String] = [], scheme: String = "http") throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        extra = arguments
        self.scheme = scheme
        members = try (0..<count).map { index in
            Member(
                name: "m\(index)", clientPort: try freePort(), peerPort: try freePort(),
                data: directory.path + "/m\(index)")
        }
    }

    deinit {
        processes.withLock { processes in
            for process in processes.values where process.isRunning {
                kill(process.processIdentifier, SIGCONT)
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
        }
    }

    var endpoints: [String] { members.map { "\(scheme)://127.0.0.1:\($0.clientPort)" } }

    func store(deadline: Duration = .seconds(10), isHedged: Bool = true) -> EtcdStore {
        EtcdStore(endpoints: endpoints, deadline: deadline, isHedged: isHedged, logger: quietLogger)
    }

    /// Starts every member and waits until each answers a linearizable read.
    func start() async throws {
        for index in members.indices { try launch(index) }
        for index in members.indices { try await waitUntilReady(index) }
    }

    func launch(_ index: Int) throws {
        let member = members[index]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        let peer = "http://127.0.0.1:\(member.peerPort)"
        process.arguments =
            [
                "--name", member.name, "--data-dir", member.data, "--listen-client-urls", endpoints[index],
                "--advertise-client-urls", endpoints[index], "--listen-peer-urls", peer,
                "--initial-advertise-peer-urls", peer, "--initial-cluster",
                members.map { "\($0.name)=http://127.0.0.1:\($0.peerPort)" }.joined(separator: ","),
                "--heartbeat-interval", "30", "--election-timeout", "300", "--pre-vote=true", "--unsafe-no-fsync",
                "--max-txn-ops", "256", "--logger", "zap", "--log-level", "error",
                "--experimental-watch-progress-notify-interval", "250ms",
            ] + extra
        process.environment = [:]
        if !FileManager.default.fileExists(atPath: directory.path + "/log") { _ = try directory.file("log", "") }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: directory.path + "/log"))
        try output.seekToEnd()
        process.standardError = output
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        processes.withLock { $0[index] = process }
    }

    func waitUntilReady(_ index: Int) async throws {
        guard scheme == "http" else { return }
        let store = EtcdStore(endpoints: [endpoints[index]], deadline: .seconds(2), logger: quietLogger)
        try await within(.seconds(30)) { [self] in
            while (try? await store.read(prefix: "")) == nil {
                try #require(isRunning(index), "etcd ended at its start: \(log)")
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func isRunning(_ index: Int) -> Bool { processes.withLock { $0[index]?.isRunning ?? false } }

    /// Seconds that all running members have spent.
    func processorTime() -> Double {
        processes.withLock { processes in
            processes.values.filter(\.isRunning).reduce(0) { sum, process in
                let path = "/proc/\(process.processIdentifier)/stat"
                guard let line = try? String(contentsOfFile: path, encoding: .utf8), let end = line.lastIndex(of: ")")
                else { return sum }
                let fields = line[end...].split(separator: " ")
                let ticks = (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)
                return sum + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            }
        }
    }

    func signal(_ signal: Int32, to index: Int) {
        processes.withLock { processes in
            guard let process = processes[index] else { return }
            kill(process.processIdentifier, signal)
            if signal == SIGKILL || signal == SIGTERM { process.waitUntilExit() }
        }
    }

    /// Which member leads, by its own word.
    func leader() async throws -> Int {
        try await within(.seconds(20)) { [self] in
            while true {
                for index in members.indices where isRunning(index) {
                    let status = try? await post("/v3/maintenance/status", "{}", to: index)
                    guard let status, let leader = status["leader"] as? String,
                        let header = status["header"] as? [String: Any], header["member_id"] as? String == leader
                    else { continue }
                    return index
                }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    func compact(to revision: Int64) async throws {
        _ = try await post("/v3/kv/compaction", #"{"revision": "\#(revision)", "physical": true}"#, to: 0)
    }

    func post(_ path: String, _ body: String, to index: Int) async throws -> [String: Any] {
        var request = URLRequest(url: try #require(URL(string: endpoints[index] + path)), timeoutInterval: 2)
        request.httpMethod = "POST"
        request.httpBody = Data(body.utf8)
        let (data, _) = try await URLSession.shared.data(for: request)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    var log: String { (try? String(contentsOfFile: directory.path + "/log", encoding: .utf8)) ?? "" }
}
