internal import Glibc

/// `/proc/self/mountinfo` and `statvfs`: the space of each mounted filesystem. Sources: proc_pid_mountinfo(5), statvfs(3).
///
/// The monitor's service sees nearly everything mounted read-only, and its own folders mounted once more
/// (`ProtectSystem=strict`). So whether a filesystem is read-only is what its superblock says, not the mount, and each
/// device is measured once.
///
/// Pseudo filesystems are left out as node_exporter leaves them out (but not an overlay that is the root, as in a
/// container), and so are network filesystems: asking a server that is gone for its space never returns, and would stop
/// the monitor.
package enum Filesystems {
    /// One line of the table of mounts.
    package struct Mount: Equatable, Sendable {
        package var device, mountpoint, type: String
        package var isReadOnly: Bool

        package init(device: String, mountpoint: String, type: String, isReadOnly: Bool) {
            self.device = device
            self.mountpoint = mountpoint
            self.type = type
            self.isReadOnly = isReadOnly
        }
    }

    /// Space in bytes, inodes in number.
    package struct Usage: Equatable, Sendable {
        package var size, free, available, files, filesFree: Double

        package init(size: Double, free: Double, available: Double, files: Double, filesFree: Double) {
            self.size = size
            self.free = free
            self.available = available
            self.files = files
            self.filesFree = filesFree
        }
    }

    /// More are not measured: a host of containers mounts thousands.
    private static let mountLimit = 256
    private static let leftOutTypes: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs",
        "erofs", "fusectl", "hugetlbfs", "iso9660", "mqueue", "nsfs", "overlay", "proc", "procfs", "pstore",
        "rpc_pipefs", "securityfs", "selinuxfs", "squashfs", "sysfs", "tracefs",
    ]
    private static let networkTypes: Set<String> = [
        "9p", "afs", "ceph", "cifs", "coda", "glusterfs", "gfs2", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3",
        "smbfs", "virtiofs",
    ]
    private static let leftOutFolders = [
        "/dev", "/proc", "/sys", "/run/credentials", "/var/lib/docker", "/var/lib/containers/storage",
    ]

    /// The mounts to measure. Of several on one mount point the last is the one that is seen; of several of one device
    /// the first that shows all of it is measured, or else the first.
    package static func mounts(_ text: String) -> [Mount] {
        var seen: [Line] = []
        for line in text.split(separator: "\n").compactMap(Line.init) {
            seen.removeAll { $0.mount.mountpoint == line.mount.mountpoint }
            if !isLeftOut(line.mount), seen.count < mountLimit { seen.append(line) }
        }
        var measured: [Line] = []
        for line in seen {
            guard let known = measured.firstIndex(where: { $0.number == line.number }) else {
                measured.append(line)
                continue
            }
            if !measured[known].showsAll, line.showsAll { measured[known] = line }
        }
        return measured.map(\.mount)
    }

    /// `ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [FIELDS…] - TYPE SOURCE SUPEROPTIONS`.
    private struct Line {
        var mount: Mount
        /// `MAJOR:MINOR`.
        var number: String
        /// Whether the mount shows the filesystem from its root, and not a folder of it.
        var showsAll: Bool

        init?(_ line: Substring) {
            let words = line.split(separator: " ").map(unescaped)
            // The optional fields have colons in them or are single words; a hyphen alone ends them.
            guard words.count >= 10, let hyphen = words[6...].firstIndex(of: "-"), words.count >= hyphen + 4 else {
                return nil
            }
            mount = Mount(
                device: words[hyphen + 2], mountpoint: words[4], type: words[hyphen + 1],
                isReadOnly: words[hyphen + 3].split(separator: ",").contains("ro"))
            number = words[2]
            showsAll = words[3] == "/"
        }
    }

    package static func collect(
        _ text: String, usage: (Mount) -> Usage?, into samples: inout SampleList
    ) {
        for mount in mounts(text) {
            let labels: KeyValuePairs = ["device": mount.device, "fstype": mount.type, "mountpoint": mount.mountpoint]
            let usage = usage(mount)
            samples.add("node_filesystem_device_error", usage == nil, labels)
            guard let usage else { continue }
            samples.add("node_filesystem_size_bytes", usage.size, labels)
            samples.add("node_filesystem_free_bytes", usage.free, labels)
            samples.add("node_filesystem_avail_bytes", usage.available, labels)
            samples.add("node_filesystem_files", usage.files, labels)
            samples.add("node_filesystem_files_free", usage.filesFree, labels)
            samples.add("node_filesystem_readonly", mount.isReadOnly, labels)
        }
    }

    /// Asks the kernel; `nil` where the mount point cannot be asked.
    package static func usage(_ mount: Mount) -> Usage? {
        var answer = statvfs()
        guard statvfs(mount.mountpoint, &answer) == 0 else { return nil }
        let blockSize = Double(answer.f_frsize)
        return Usage(
            size: Double(answer.f_blocks) * blockSize, free: Double(answer.f_bfree) * blockSize,
            available: Double(answer.f_bavail) * blockSize, files: Double(answer.f_files),
            filesFree: Double(answer.f_ffree))
    }

    private static func isLeftOut(_ mount: Mount) -> Bool {
        if mount.type == "overlay", mount.mountpoint == "/" { return false }
        return leftOutTypes.contains(mount.type) || networkTypes.contains(mount.type) || mount.type.hasPrefix("fuse")
            || leftOutFolders.contains { mount.mountpoint == $0 || mount.mountpoint.hasPrefix($0 + "/") }
    }

    /// Spaces, tabs, newlines, `#` and backslashes stand as a backslash and three octal digits.
    private static func unescaped(_ word: Substring) -> String {
        guard word.utf8.contains(UInt8(ascii: "\\")) else { return String(word) }
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(3), as: UTF8.self)
            if byte == UInt8(ascii: "\\"), digits.utf8.count == 3, let value = UInt8(digits, radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
