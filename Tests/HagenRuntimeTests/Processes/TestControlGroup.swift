import Foundation

@testable import HagenRuntime

/// A control group of the test's own, delegated as systemd does it, below the one that the tests run in.
final class TestControlGroup: Sendable {
    /// Whether such a group can be had here.
    static let isAvailable: Bool = {
        guard geteuid() == 0, let hierarchy = ControlGroupHierarchy.current, let name = hierarchy.group(of: getpid())
        else { return false }
        let path = hierarchy.group(named: name).path
        return access(path, W_OK) == 0 && access(path + "/cgroup.procs", W_OK) == 0 && canMake(path)
    }()

    let group: ControlGroup

    init() throws {
        let hierarchy = ControlGroupHierarchy.current
        let parent = hierarchy.flatMap { hierarchy in hierarchy.group(of: getpid()).map(hierarchy.group) }
        guard let parent else { throw EngineFailure("there is no control group to make another in") }
        group = parent.child("hagen-test-\(UUID().uuidString)")
        try group.create()
        let flag = Process()
        flag.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        flag.arguments = ["-c", "import os, sys; os.setxattr(sys.argv[1], 'user.delegate', b'1')", group.path]
        try flag.run()
        flag.waitUntilExit()
    }

    deinit {
        group.kill()
        for _ in 0..<200 {
            if group.state != .populated { break }
            usleep(5000)
        }
        remove(group.path)
    }

    /// The processes that are in the group of that name below this one.
    func processes(in name: String) -> [Int32] {
        let text = (try? String(contentsOfFile: "\(group.path)/\(name)/cgroup.procs", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Int32($0) }
    }

    private func remove(_ path: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            var properties = stat()
            guard stat("\(path)/\(name)", &properties) == 0, properties.st_mode & S_IFMT == S_IFDIR else { continue }
            remove("\(path)/\(name)")
        }
        rmdir(path)
    }

    private static func canMake(_ parent: String) -> Bool {
        let path = "\(parent)/hagen-test-\(UUID().uuidString)"
        guard mkdir(path, 0o755) == 0 else { return false }
        defer { rmdir(path) }
        return access(path + "/cgroup.kill", W_OK) == 0
    }
}
