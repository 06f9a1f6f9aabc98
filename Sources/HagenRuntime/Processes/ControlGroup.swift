internal import CLinux
internal import Glibc

/// A group of processes in the kernel's unified hierarchy (cgroup v2): nobody leaves it by forking, by a session of its own
/// or by another environment, it is killed as one, and the kernel says when the last of it is gone.
struct ControlGroup: Equatable, Sendable {
    /// The group's folder.
    let path: String

    enum State: Equatable {
        /// There is no such group, so nothing is in it.
        case missing
        case empty
        /// A process that the kernel cannot end yet is still in it.
        case populated
        /// Why nothing is known, in words.
        case unknown(String)

        var isProvedEmpty: Bool { self == .missing || self == .empty }
    }

    /// Whether systemd, or whoever made it, has left all below it to its processes, and the kernel can kill it as one (5.14).
    var isDelegated: Bool {
        var flag: UInt8 = 0
        return linux_attribute(path, "user.delegate", &flag, 1) == 1 && flag == UInt8(ascii: "1")
            && access(path + "/cgroup.kill", W_OK) == 0 && access(path, W_OK) == 0
    }

    func child(_ name: String) -> ControlGroup { ControlGroup(path: "\(path)/\(name)") }

    /// Makes the folder, and no parent of it.
    func create() throws(EngineFailure) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw EngineFailure("cannot make the control group '\(path)': \(systemMessage(errno))")
        }
    }

    /// Moves this process into it.
    func join() throws(EngineFailure) {
        let descriptor = try openForJoining()
        defer { close(descriptor) }
        guard write(descriptor, "0", 1) == 1 else {
            throw EngineFailure("cannot enter the control group '\(path)': \(systemMessage(errno))")
        }
    }

    /// A process that writes `0` to the descriptor is in the group.
    func openForJoining() throws(EngineFailure) -> Int32 {
        let descriptor = open(path + "/cgroup.procs", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EngineFailure("cannot enter the control group '\(path)': \(systemMessage(errno))")
        }
        return descriptor
    }

    /// SIGKILL to all of it and to what it is just starting, groups below it included.
    ///
    /// - Returns: `false` where it could not be done: no such group, or no right to.
    @discardableResult func kill() -> Bool {
        let descriptor = open(path + "/cgroup.kill", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return write(descriptor, "1", 1) == 1
    }

    var state: State {
        let descriptor = openEvents()
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENODEV
                ? .missing : .unknown("cannot read '\(path)/cgroup.events': \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        return Self.state(events: descriptor)
    }

    /// A descriptor of `cgroup.events`: poll(2) reports POLLPRI on it when what it says changes after it was read.
    func openEvents() -> Int32 { open(path + "/cgroup.events", O_RDONLY | O_CLOEXEC) }

    static func state(events descriptor: Int32) -> State {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else {
            return errno == ENODEV ? .missing : .unknown("cannot read cgroup.events: \(systemMessage(errno))")
        }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        if lines.contains("populated 0") { return .empty }
        return lines.contains("populated 1") ? .populated : .unknown("cgroup.events says nothing of processes")
    }
}

/// Where the unified hierarchy is mounted.
struct ControlGroupHierarchy: Equatable, Sendable {
    let mountPoint: String
    /// The name of the group that is seen at the mount point.
    let root: String

    static var current: ControlGroupHierarchy? {
        guard let text = ProcessTree.text(of: "/proc/self/mountinfo") else { return nil }
        for line in text.split(separator: "\n") {
            // Fields end with a dash; the type of the file system follows it.
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash > 5, dash + 1 < fields.count,
                fields[dash + 1] == "cgroup2"
            else { continue }
            return ControlGroupHierarchy(mountPoint: String(fields[4]), root: String(fields[3]))
        }
        return nil
    }

    /// The name of the group that a process is in, such as `/system.slice/hagen-failover.service`.
    func group(of process: pid_t) -> String? {
        guard let text = ProcessTree.text(of: "/proc/\(process)/cgroup"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::") })
        else { return nil }
        return String(line.dropFirst(3))
    }

    func group(named name: String) -> ControlGroup {
        var name = name
        if root != "/", name.hasPrefix(root) { name = String(name.dropFirst(root.count)) }
        return ControlGroup(path: name == "/" ? mountPoint : mountPoint + name)
    }
}
