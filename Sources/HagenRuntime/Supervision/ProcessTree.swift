internal import Glibc

/// The processes of this host as `/proc` shows them.
enum ProcessTree {
    /// All living descendants of the process, zombies left out, in no order that means anything.
    static func descendants(of ancestor: pid_t) -> [pid_t] {
        var children: [pid_t: [pid_t]] = [:]
        for process in all() {
            guard let status = status(of: process), status.state != "Z", status.state != "X" else { continue }
            children[status.parent, default: []].append(process)
        }
        var found: [pid_t] = []
        var pending = [ancestor]
        while let parent = pending.popLast() {
            let next = children.removeValue(forKey: parent) ?? []
            found += next
            pending += next
        }
        return found
    }

    /// All processes whose environment has the entry `NAME=VALUE`, as far as this user may look; itself left out.
    static func processes(with entry: String) -> [pid_t] {
        let wanted = Array(entry.utf8)
        return all().filter { process in
            guard process != getpid(), let bytes = contents("/proc/\(process)/environ") else { return false }
            guard bytes.split(separator: 0).contains(where: { $0.elementsEqual(wanted) }) else { return false }
            return status(of: process).map { $0.state != "Z" && $0.state != "X" } ?? false
        }
    }

    static func all() -> [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var found: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let process = pid_t(name) { found.append(process) }
        }
        return found
    }

    /// Whether the signal would not meet its default: the process catches, blocks or ignores it.
    static func listens(_ process: pid_t, for signal: Int32) -> Bool {
        guard let bytes = contents("/proc/\(process)/status") else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            let words = line.split(whereSeparator: { $0 == ":" || $0 == "\t" })
            guard words.count == 2, ["SigBlk", "SigIgn", "SigCgt"].contains(words[0]),
                let signals = UInt64(words[1], radix: 16)
            else { return false }
            return signals & 1 << UInt64(signal - 1) != 0
        }
    }

    struct Status: Equatable {
        /// `R`, `S`, `D`, `Z`, … as in proc(5).
        var state: Character
        var parent: pid_t
    }

    /// `nil` where there is no such process any more.
    static func status(of process: pid_t) -> Status? {
        guard let bytes = contents("/proc/\(process)/stat") else { return nil }
        // The name stands in parentheses and may itself hold some, and spaces: the last one ends it.
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 2, let parent = pid_t(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        return Status(state: Character(String(decoding: fields[0], as: UTF8.self)), parent: parent)
    }

    /// At most 256 KiB of a file.
    private static func contents(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 256 << 10 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}
