internal import Glibc

/// `/proc/self/mounts` and `statvfs`: the space of each mounted filesystem. Sources: fstab(5), statvfs(3).
///
/// Pseudo filesystems are left out as node_exporter leaves them out (but not an overlay that is the root, as in a
/// container), and so are network filesystems: asking a server that is gone for its space never returns, and would stop
/// the monitor.
package enum Filesystems {
    /// One line of the table of mounts.
    package struct Mount: Equatable, Sendable {
        package var device, mountpoint, type, options: String

        package init(device: String, mountpoint: String, type: String, options: String) {
            self.device = device
            self.mountpoint = mountpoint
            self.type = type
            self.options = options
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

    /// The mounts to measure. Of several on one mount point the last is the one that is seen.
    package static func mounts(_ text: String) -> [Mount] {
        var mounts: [Mount] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(unescaped)
            guard words.count >= 4 else { continue }
            let mount = Mount(device: words[0], mountpoint: words[1], type: words[2], options: words[3])
            mounts.removeAll { $0.mountpoint == mount.mountpoint }
            if !isLeftOut(mount), mounts.count < mountLimit { mounts.append(mount) }
        }
        return mounts
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
            samples.add("node_filesystem_readonly", mount.options.split(separator: ",").contains("ro"), labels)
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
