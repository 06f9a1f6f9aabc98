internal import Glibc
internal import HagenEngine

/// The processes of this host as `/proc` shows them.
enum ProcessTree {
    /// All living descendants of the process, in no order that means anything.
    static func descendants(of ancestor: pid_t) -> [pid_t] { descendants(of: [ancestor], in: (try? all()) ?? []) }

    /// What may be left of a workload whose supervisor is gone.
    struct Remains: Equatable {
        /// Carry the workload's mark, or descend from one that does.
        var certain: [pid_t] = []
        /// Could not be looked into, and nothing else shows that they are none of the workload's.
        var possible: [pid_t] = []
    }

    /// Looks for what a lost supervisor left.
    ///
    /// A process that cannot be looked into counts as possible unless it began before the supervisor did or lies outside
    /// of that control group, where no workload gets without meaning to.
    ///
    /// - Parameters:
    ///   - entry: the mark, `NAME=VALUE`, of the workload's environment.
    ///   - began: when the supervisor began; `nil` where none was lost, and then only the mark is looked for.
    ///   - group: the name of the control group that no workload leaves without meaning to; `nil`: this process's own.
    /// - Throws: where `/proc` does not show every process of this host.
    static func remains(
        with entry: String, since began: Instant?, within group: String? = nil
    ) throws(EngineFailure) -> Remains {
        let processes = try all()
        if began != nil, !processes.contains(1) {
            throw EngineFailure("/proc does not show all processes (hidepid, ProtectProc=)")
        }
        let wanted = Array(entry.utf8)
        let ownGroup = group ?? controlGroup(of: getpid())
        var remains = Remains()
        for process in processes where process != getpid() {
            switch environment(of: process) {
            case .missing: continue
            case .bytes(let bytes):
                guard bytes.split(separator: 0).contains(where: { $0.elementsEqual(wanted) }) else { continue }
                if status(of: process)?.lives ?? false { remains.certain.append(process) }
            case .failed:
                guard let began, let status = status(of: process), status.lives, status.beganAfter(began) else {
                    continue
                }
                let group = controlGroup(of: process)
                let isElsewhere = group.flatMap { group in ownGroup.map { !isWithin(group, $0) } } ?? false
                if !isElsewhere { remains.possible.append(process) }
            }
        }
        let descendants = Set(descendants(of: remains.certain, in: processes))
        remains.certain += descendants.subtracting(remains.certain).subtracting([getpid()]).sorted()
        remains.possible.removeAll { descendants.contains($0) }
        return remains
    }

    /// All living processes whose environment has the entry `NAME=VALUE`, as far as this user may look, and their
    /// descendants; itself left out.
    static func processes(with entry: String) -> [pid_t] {
        (try? remains(with: entry, since: nil))?.certain ?? []
    }

    private static func descendants(of ancestors: [pid_t], in processes: [pid_t]) -> [pid_t] {
        var children: [pid_t: [pid_t]] = [:]
        for process in processes {
            // A dead one has no children any more: they went to another parent.
            guard let status = status(of: process), status.lives else { continue }
            children[status.parent, default: []].append(process)
        }
        var found: [pid_t] = []
        var pending = ancestors
        while let parent = pending.popLast() {
            let next = children.removeValue(forKey: parent) ?? []
            found += next
            pending += next
        }
        return found
    }

    /// The environment that the process was started with. Where the first thread has exited, another one has it.
    private static func environment(of process: pid_t) -> Contents {
        let contents = contents("/proc/\(process)/environ")
        guard contents == .bytes([]) || contents == .missing, let status = status(of: process), status.state == "Z",
            status.lives
        else {
            return contents
        }
        guard let threads = numbers(in: "/proc/\(process)/task") else { return .failed(errno) }
        for thread in threads where thread != process {
            let contents = self.contents("/proc/\(process)/task/\(thread)/environ")
            if contents != .missing, contents != .bytes([]) { return contents }
        }
        return .failed(ESRCH)
    }

    /// The path in the unified hierarchy, else in systemd's own; `nil` where it is not known.
    private static func controlGroup(of process: pid_t) -> String? {
        guard case .bytes(let bytes) = contents("/proc/\(process)/cgroup") else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("0::") || $0.contains(":name=systemd:") }) else {
            return nil
        }
        return line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).last.map(String.init)
    }

    private static func isWithin(_ group: String, _ ancestor: String) -> Bool {
        group == ancestor || group.hasPrefix(ancestor.hasSuffix("/") ? ancestor : ancestor + "/")
    }

    /// - Throws: where `/proc` cannot be read.
    static func all() throws(EngineFailure) -> [pid_t] {
        guard let found = numbers(in: "/proc") else {
            throw EngineFailure("cannot read /proc: \(systemMessage(errno))")
        }
        return found
    }

    /// The entries of a folder that are numbers; `nil`, with `errno` set, where it cannot be read to its end.
    private static func numbers(in path: String) -> [pid_t]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var found: [pid_t] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let number = pid_t(name) { found.append(number) }
            errno = 0
        }
        return errno == 0 ? found : nil
    }

    /// Whether the signal would not meet its default: the process catches, blocks or ignores it.
    static func listens(_ process: pid_t, for signal: Int32) -> Bool {
        guard case .bytes(let bytes) = contents("/proc/\(process)/status") else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            let words = line.split(whereSeparator: { $0 == ":" || $0 == "\t" })
            guard words.count == 2, ["SigBlk", "SigIgn", "SigCgt"].contains(words[0]),
                let signals = UInt64(words[1], radix: 16)
            else { return false }
            return signals & 1 << UInt64(signal - 1) != 0
        }
    }

    struct Status: Equatable {
        /// `R`, `S`, `D`, `Z`, … as in proc(5), of the first thread.
        var state: Character
        var parent: pid_t
        var threads: Int
        /// Since boot, in ticks of `_SC_CLK_TCK`.
        var startInTicks: Int64

        /// Whether any thread lives: the first one may have exited, and shows as a zombie, while others run.
        var lives: Bool { state != "X" && (state != "Z" || threads > 1) }

        /// False only where it surely began before that moment; its beginning is known to a tick.
        func beganAfter(_ moment: Instant) -> Bool {
            let tick = 1_000_000_000 / Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
            return (startInTicks + 1) * tick >= moment.nanoseconds
        }
    }

    /// `nil` where there is no such process any more.
    static func status(of process: pid_t) -> Status? {
        guard case .bytes(let bytes) = contents("/proc/\(process)/stat") else { return nil }
        // The name stands in parentheses and may itself hold some, and spaces: the last one ends it.
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard fields.count > 19, let state = fields[0].first, let parent = pid_t(fields[1]),
            let threads = Int(fields[17]), let start = Int64(fields[19])
        else { return nil }
        return Status(state: state, parent: parent, threads: threads, startInTicks: start)
    }

    /// What stands in a file of `/proc`; `nil` where it cannot be read.
    static func text(of path: String) -> String? {
        guard case .bytes(let bytes) = contents(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private enum Contents: Equatable {
        case bytes([UInt8])
        /// The process is gone.
        case missing
        /// The process may be there; why it could not be looked into.
        case failed(Int32)
    }

    /// At most 256 KiB of a file.
    private static func contents(_ path: String) -> Contents {
        func problem() -> Contents { errno == ENOENT || errno == ESRCH ? .missing : .failed(errno) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return problem() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 256 << 10 {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? .bytes(bytes) : problem() }
            bytes += buffer.prefix(count)
        }
        return .bytes(bytes)
    }
}
