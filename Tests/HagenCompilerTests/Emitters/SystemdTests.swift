import Foundation
import Hagen
import HagenCompiler
import Testing

/// Goal: systemd itself accepts what is emitted for it.
///
/// Everything happens in a folder that stands for a host's root.
struct SystemdTests {
    private static let analyze = "/usr/bin/systemd-analyze"
    private static let hasSystemd = FileManager.default.isExecutableFile(atPath: analyze)

    /// Goal: every unit of every host is read without a word. `verify` exits 0 on unknown keys, so what it says counts.
    @Test(.enabled(if: hasSystemd, "needs systemd-analyze"), arguments: ["shop", "single", "large", "cluster"])
    func unitsAreAccepted(name: String) throws {
        for host in try hosts(name) {
            defer { host.remove() }
            let result = try run(Self.analyze, ["verify", "--man=no", "--root=\(host.path)"] + host.units)
            #expect(result.output == "" && result.status == 0, "\(host.name): \(result.output)")
        }
    }

    /// Goal: the check above can fail: an unknown key is seen.
    @Test(.enabled(if: hasSystemd, "needs systemd-analyze")) func unknownKeysAreSeen() throws {
        let host = try #require(hosts("single").first)
        defer { host.remove() }
        let path = "\(host.path)/etc/systemd/system/hagen-monitor.service"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "Foo=bar\n").write(toFile: path, atomically: false, encoding: .utf8)
        let result = try run(Self.analyze, ["verify", "--man=no", "--root=\(host.path)", "hagen-monitor.service"])
        #expect(result.output.contains("Unknown key 'Foo'"))
    }

    /// Goal: the exposure that systemd computes (10 is the worst) stays as low as each engine's work allows.
    /// The agents of `single` and `cluster` may change the packet filter, which costs them 0.2, and each makes control groups of its own,
    /// which costs 0.1.
    @Test(
        .enabled(if: hasSystemd, "needs systemd-analyze"),
        arguments: [("coordinator", 1.5), ("balancer", 1.5), ("monitor", 1.5), ("failover", 3.9), ("etcd", 1.5)],
        ["shop", "single", "cluster"])
    func exposureIsLow(limit: (engine: String, most: Double), name: String) throws {
        var measured = 0
        for host in try hosts(name) {
            defer { host.remove() }
            let unit = "hagen-\(limit.engine).service"
            guard host.units.contains(unit) else { continue }
            let result = try run(
                Self.analyze, ["security", "--offline=true", "--no-pager", "--root=\(host.path)", unit])
            let line = try #require(result.output.split(separator: "\n").last { $0.contains("Overall exposure level") })
            let figure = try #require(line.split(separator: " ").compactMap { Double($0) }.last)
            print("\(host.name), \(unit): exposure \(figure)")
            #expect(figure <= limit.most)
            measured += 1
        }
        #expect(measured > 0 || (limit.engine == "etcd") != (name == "cluster"))
    }

    /// Goal: what the agent is not protected from is said to be so, and why, in its unit.
    @Test func exceptionsAreExplained() throws {
        for name in ["shop", "single", "large"] {
            let topology =
                switch name {
                case "shop": SampleTopologies.shop
                case "single": SampleTopologies.single
                default: SampleTopologies.large
                }
            let files = Emitters.files(for: Lowering.lower(topology, placement: .declared))
            for unit in files where unit.path.hasSuffix("/hagen-failover.service") {
                let lines = unit.contents.split(separator: "\n", omittingEmptySubsequences: false)
                let exceptions = lines.indices.filter { index in
                    lines[index].hasSuffix("=no") || lines[index] == "ProcSubset=all"
                        || ["CapabilityBoundingSet=", "RestrictAddressFamilies=", "SystemCallFilter="].contains {
                            lines[index].hasPrefix($0)
                        }
                }
                #expect(exceptions.count == 11)
                for index in exceptions { #expect(lines[index - 1].hasPrefix("# "), "\(lines[index])") }
                let comment = try #require(exceptions.map { lines[$0 - 1] }.first { $0.contains("No User=") })
                let set = try #require(lines.first { $0.hasPrefix("CapabilityBoundingSet=") }).dropFirst(22)
                for capability in set.split(separator: " ") { #expect(comment.contains(capability)) }
            }
        }
    }

    /// Goal: the agent has what its supervisors do: read the environment of other users' processes (to find what is left
    /// of a workload), lock memory, run at real-time priority, be killed late; and workloads reach their role files.
    @Test func agentMayDoItsWork() throws {
        let files = Emitters.files(for: Lowering.lower(SampleTopologies.single, placement: .declared))
        let unit = try #require(files.first { $0.path.hasSuffix("/hagen-failover.service") }).contents
        let lines = unit.split(separator: "\n").map(String.init)
        let bounding = try #require(lines.first { $0.hasPrefix("CapabilityBoundingSet=") })
        for capability in ["CAP_SYS_PTRACE", "CAP_IPC_LOCK", "CAP_SYS_NICE", "CAP_SYS_RESOURCE"] {
            #expect(bounding.split(whereSeparator: { " =".contains($0) }).contains { $0 == capability })
        }
        #expect(lines.contains("RestrictRealtime=no"))
        #expect(lines.contains("RuntimeDirectoryMode=0755"))
        let monitor = try #require(files.first { $0.path.hasSuffix("/hagen-monitor.service") }).contents
        #expect(monitor.contains("RuntimeDirectoryMode=0750\n"))
    }

    /// Goal: a unit that is a workload is started by its cluster alone, never again by systemd, and is told of its epoch.
    @Test func unitsOfWorkloadsAskForThePermit() throws {
        var topology = SampleTopologies.single
        let index = try #require(
            topology.clusters.firstIndex { if case .process = $0.workload { true } else { false } })
        topology.clusters[index].workload = .systemd(unit: "orders", port: 7000)
        let name = topology.clusters[index].name
        let files = Emitters.files(for: Lowering.lower(topology, placement: .declared))
        let dropIn = try #require(files.first { $0.path.hasSuffix("/orders.service.d/hagen.conf") }).contents
        let lines = dropIn.split(separator: "\n").map(String.init)
        #expect(lines.first == "[Service]")
        #expect(lines.contains("ExecCondition=+/usr/bin/hagend permit \(name)"))
        #expect(lines.contains("Restart=no"))
        #expect(lines.contains("EnvironmentFile=-/run/hagen/failover/supervise/\(name).sock.environment"))
        #expect(!files.contains { $0.path.contains("orders") && $0.contents.contains("[Install]") })
    }

    /// Goal: users, group and folders can be made from what is emitted.
    @Test(.enabled(if: hasSystemd && geteuid() == 0, "needs systemd and root")) func usersAndFoldersAreMade() throws {
        let host = try #require(hosts("single").first)
        defer { host.remove() }
        let users = try run("/usr/bin/systemd-sysusers", ["--root=\(host.path)"])
        #expect(users.status == 0, "\(users.output)")
        let passwords = try String(contentsOfFile: "\(host.path)/etc/passwd", encoding: .utf8)
        for engine in ["coordinator", "balancer", "monitor"] { #expect(passwords.contains("hagen-\(engine):")) }
        let folders = try run("/usr/bin/systemd-tmpfiles", ["--root=\(host.path)", "--create"])
        #expect(folders.status == 0 && folders.output == "", "\(folders.output)")
        for (path, mode) in [
            ("/etc/hagen", 0o750), ("/etc/hagen/credentials", 0o700), ("/etc/hagen/monitor.json", 0o640),
            ("/run/hagen", 0o755),
        ] {
            let attributes = try FileManager.default.attributesOfItem(atPath: host.path + path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(path)")
        }
    }

    // MARK: A host's root

    private struct HostRoot {
        var name: String
        var path: String
        var units: [String]
        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }

    /// The files of each host in a root of its own, with a stand-in for the daemon and for the targets of the system.
    private func hosts(_ name: String) throws -> [HostRoot] {
        let topology =
            switch name {
            case "shop": SampleTopologies.shop
            case "single": SampleTopologies.single
            case "cluster": SampleTopologies.cluster
            default: SampleTopologies.large
            }
        let release = Lowering.lower(topology, placement: .declared)
        let files = Emitters.files(for: release)
        return try release.hosts.map { host in
            let root = FileManager.default.temporaryDirectory.appending(path: "hagen units \(UUID().uuidString)")
            let prefix = "hosts/\(host.name)/"
            let own = files.filter { $0.path.hasPrefix(prefix) }
            for file in own {
                try write(file.contents, to: root.appending(path: String(file.path.dropFirst(prefix.count))))
            }
            for target in ["sysinit", "basic", "network-online", "multi-user", "shutdown"] {
                try write(
                    "[Unit]\nDescription=\(target)\n",
                    to: root.appending(path: "usr/lib/systemd/system/\(target).target"))
            }
            for program in ["hagend", "etcd"] {
                let program = root.appending(path: "usr/bin/\(program)")
                try write("#!/bin/sh\n", to: program)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: program.path(percentEncoded: false))
            }
            let units = own.map(\.path).filter { $0.contains("/systemd/system/") && !$0.hasSuffix(".conf") }
                .compactMap { $0.split(separator: "/").last.map(String.init) }
            return HostRoot(name: host.name, path: root.path(percentEncoded: false), units: units)
        }
    }

    private func write(_ text: String, to url: URL) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// What it wrote to both streams, and its status.
    private func run(_ program: String, _ arguments: [String]) throws -> (output: String, status: Int32) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0"]
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }
}
