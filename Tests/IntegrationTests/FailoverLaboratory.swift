import Foundation
import Testing

/// Three hosts in namespaces with real etcd, and Hagen on them as it is compiled: `Tests/Laboratory`, driven by words.
final class FailoverLaboratory: Sendable {
    /// What a request was answered with: each fills some of these.
    struct Answer: Decodable {
        var problem: String?

        var active: String?
        var standby: String?
        var epoch: UInt64?
        var role: String?
        var reason: String?
        var processes: [Int32]?
        /// Those that carry the virtual IP, or that answered clients.
        var hosts: [String]?
        /// Seconds: the longest time without an answer, and when it began, counted from the fault.
        var outage: Double?
        var outageBegin: Double?
        /// Answers of a host that another one had replaced.
        var overlaps: Int?
        var answers: Int?
        /// Times at which two members were active at once, by what they wrote down themselves.
        var doubles: [String]?
        /// The members that wrote down that they were active.
        var lives: [String]?
        var text: String?

        // Of faults: that they were there.
        var isOnPromises: Bool?
        var suspicions: [Suspicion]?
        /// That the network has dropped.
        var packets: Int?
        /// By which a clock is ahead of another.
        var seconds: Double?
        /// What an agent, or all fence agents, noted down.
        var events: [String]?

        // Moments, in seconds counted from the fault.
        /// Of the first and of the last answer.
        var served, last: Double?
        /// Of the end of a member's last life, and of the beginning of another's.
        var ended, begun: Double?
        /// Of what was asked for.
        var passed: Double?

        // Of several virtual IPs.
        /// Who carried each, one after the other, and when the last one began.
        var moves: [String: [String]]?
        var moved: [String: Double]?
        /// Times at which several hosts answered for one.
        var duplicates: [String]?
        /// By address and port.
        var outages: [String: Double]?
    }

    struct Suspicion: Decodable {
        var host: String
        var value: Double
    }

    struct Failure: Error, CustomStringConvertible { var description: String }

    private let folder: TestFolder
    private let program: Program
    private let requests: FileHandle

    /// Why there can be none here; `nil` where there can.
    static let hindrance: String? = {
        if geteuid() != 0 { return "hosts in namespaces need root" }
        let missing = ["python3", "clang", "etcd", "etcdctl", "ip", "nft", "unshare", "nsenter"].filter { name in
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            return !(path + ":/usr/sbin:/sbin").split(separator: ":").contains {
                FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
            }
        }
        guard missing.isEmpty else { return "not installed: \(missing.joined(separator: ", "))" }
        // Root in a container is not always allowed to.
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "nft", "add", "table", "bridge", "x",
        ]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "'unshare' cannot be run" }
        process.waitUntilExit()
        return process.terminationStatus == 0
            ? nil : "namespaces, or the tables of nftables in them, are not allowed here"
    }()

    /// - Parameter topology: the name of one in its folder of topologies.
    init(topology: String = "default") throws {
        folder = try TestFolder()
        let pipe = Pipe()
        program = try Program(
            executable: "/usr/bin/env",
            [
                "python3", Repository.root.appending(path: "Tests/Laboratory/serve.py").path,
                URL(filePath: Program.path(of: "hagend")).deletingLastPathComponent().path, topology,
            ], folder: folder, input: pipe.fileHandleForReading)
        try pipe.fileHandleForReading.close()
        requests = pipe.fileHandleForWriting
    }

    /// Sends words and waits for the answer.
    @discardableResult
    func ask(_ words: String..., within limit: Duration = .seconds(90)) async throws -> Answer {
        let answered = lines.count
        let line = words.joined(separator: " ")
        try requests.write(contentsOf: Data((line + "\n").utf8))
        guard await eventually(within: limit, { lines.count > answered || !program.isRunning }),
            lines.count > answered
        else { throw Failure(description: "no answer to '\(line)': \(program.errors)") }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(lines[answered].utf8))
        if let problem = answer.problem { throw Failure(description: problem) }
        return answer
    }

    /// Ends everything in it.
    func end() async {
        try? requests.close()
        _ = await program.result(within: .seconds(20))
    }

    /// Complete ones only.
    private var lines: [Substring] {
        let output = program.output
        return output.prefix(upTo: output.lastIndex(of: "\n") ?? output.startIndex).split(separator: "\n")
    }
}
