internal import CLinux
internal import Glibc

/// Starts programs, each in a session of its own.
enum ChildProcess {
    struct Specification {
        var path: String
        var arguments: [String]
        var environment: [String: String]
        /// Descriptors that become its standard input, and its output and error.
        var input: Int32
        var output: Int32
        var parentDeathSignal: Int32 = 0
        var user: UserIdentity?
        /// Whether it may change and tap the network where this process may.
        var keepsNetwork = false
        /// `nil`: that of this process.
        var controlGroup: ControlGroup?
    }

    /// A program that is being started: whether it could be executed is known once `failure` was closed by the exec.
    struct Started {
        var processID: pid_t
        /// Read end of the pipe through which the child says why it could not run.
        var failure: Int32
    }

    static func start(_ specification: Specification) throws(EngineFailure) -> Started {
        var ends: [Int32] = [-1, -1]
        let problem = linux_pipe_non_blocking(&ends)
        guard problem == 0 else { throw EngineFailure("cannot make a pipe: \(systemMessage(-problem))") }
        defer { close(ends[1]) }
        var group: Int32 = -1
        do {
            if let controlGroup = specification.controlGroup { group = try controlGroup.openForJoining() }
        } catch {
            close(ends[0])
            throw error
        }
        defer { if group >= 0 { close(group) } }
        let processID = withStrings(specification.arguments) { arguments in
            withStrings(specification.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) {
                variables in
                (specification.user?.groups ?? []).withUnsafeBufferPointer { groups in
                    specification.path.withCString { path in
                        var request = linux_spawn(
                            path: path, arguments: arguments, environment: variables, input: specification.input,
                            output: specification.output, failure: ends[1],
                            parent_death_signal: specification.parentDeathSignal,
                            changes_user: specification.user == nil ? 0 : 1, user: specification.user?.user ?? 0,
                            group: specification.user?.group ?? 0, groups: groups.baseAddress,
                            group_count: Int32(groups.count), control_group: group,
                            keeps_network: specification.keepsNetwork ? 1 : 0)
                        return linux_spawn(&request)
                    }
                }
            }
        }
        guard processID > 0 else {
            close(ends[0])
            throw EngineFailure("cannot start a process: \(systemMessage(-processID))")
        }
        return Started(processID: processID, failure: ends[0])
    }

    /// For what nobody writes to or reads from; the caller closes it.
    static func openNull() throws(EngineFailure) -> Int32 {
        let descriptor = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw EngineFailure("cannot open /dev/null: \(systemMessage(errno))") }
        return descriptor
    }

    /// Whether the program itself runs, and no longer the copy of this process that becomes it.
    static func isExecuted(_ started: Started) -> Bool {
        var polled = pollfd(fd: started.failure, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0 && polled.revents & Int16(POLLHUP) != 0 && polled.revents & Int16(POLLIN) == 0
    }

    /// Why the program could not be run, once its process has ended; `nil` where it was run.
    static func failure(of started: Started, path: String) -> String? {
        var message: [Int32] = [0, 0]
        let count = message.withUnsafeMutableBytes { read(started.failure, $0.baseAddress, $0.count) }
        guard count == MemoryLayout<Int32>.size * 2 else { return nil }
        let reason = systemMessage(message[0])
        switch UInt32(bitPattern: message[1]) {
        case LINUX_SPAWN_USER.rawValue: return "could not change to its user: \(reason)"
        case LINUX_SPAWN_CONTROL_GROUP.rawValue: return "could not enter its control group: \(reason)"
        case LINUX_SPAWN_CAPABILITIES.rawValue:
            return "could not give up the right to change the network (it takes CAP_SETPCAP): \(reason)"
        case LINUX_SPAWN_EXECUTE.rawValue: return "could not be run: '\(path)': \(reason)"
        default: return "could not be started: \(reason)"
        }
    }

    /// How a process ended, in words.
    static func ending(_ status: Int32) -> String {
        linux_did_exit(status) != 0
            ? "exited with status \(linux_exit_code(status))" : "was ended by signal \(linux_exit_signal(status))"
    }

    /// Where the program lies: a path as it is, a bare name first in the working folder, then along `PATH`.
    static func find(_ program: String, searchPath: String) -> String? {
        func isExecutable(_ path: String) -> Bool {
            var properties = stat()
            return stat(path, &properties) == 0 && properties.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
        if program.hasPrefix("/") { return program }
        if isExecutable(program) { return "./" + program }
        if program.contains("/") { return nil }
        for folder in searchPath.split(separator: ":") where isExecutable("\(folder)/\(program)") {
            return "\(folder)/\(program)"
        }
        return nil
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = strings.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
    }
}

/// A user and the groups that a process has to have to be that user.
struct UserIdentity: Equatable {
    var user: uid_t
    var group: gid_t
    var groups: [gid_t]

    /// `nil` where the process is that user already.
    ///
    /// - Throws: in words, where there is no such user or this process may not become it.
    static func named(_ name: String) throws(EngineFailure) -> UserIdentity? {
        guard let entry = getpwnam(name) else { throw EngineFailure("there is no user '\(name)' on this host") }
        let (user, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        if user == geteuid() { return nil }
        guard geteuid() == 0 else {
            throw EngineFailure(
                "may not run as user '\(name)': only root may change users, and this is user \(geteuid())")
        }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(name, group, &groups, &count) >= 0 else {
            throw EngineFailure("user '\(name)' is in more than 256 groups")
        }
        return UserIdentity(user: user, group: group, groups: Array(groups.prefix(Int(count))))
    }
}
