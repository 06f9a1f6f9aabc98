internal import HagenEngine

/// The file from which a hot standby learns what it is: `ROLE EPOCH` and a line's end.
enum RoleFile {
    /// Anyone may read it: the workload may run as another user.
    static func write(_ role: MemberRole, epoch: UInt64, to path: String) throws(EngineFailure) {
        try ReplacedFile.write(Array("\(role.rawValue) \(epoch)\n".utf8), to: path, mode: 0o644, isDurable: false)
    }
}
