internal import CLinux
internal import Foundation

/// A process that this one started: a process descriptor, so that a signal never hits a stranger with the same id.
///
/// The owner waits for the end, and then reaps exactly once; signals are sent before that only. (The subprocess package
/// ties a child to a scope and closes every descriptor beyond the standard ones; the lab keeps its children across
/// scopes, and a topology package is handed a descriptor.)
package struct ChildProcess: Sendable {
    /// What is started, and with what.
    package struct Specification: Sendable {
        /// An absolute path.
        package var executable: String
        package var arguments: [String]
        /// The child's whole environment.
        package var environment: [String: String]
        /// Its working directory; `nil`: this process's own.
        package var folder: String?
        /// Descriptors of this process by the numbers that they get in the child. 0 is /dev/null where none is given;
        /// others that are not named are closed.
        package var descriptors: [Int32: Int32]
        /// Away from the terminal, so that its Ctrl-C reaches this process alone.
        package var ownSession: Bool

        package init(
            executable: String, arguments: [String], environment: [String: String], folder: String? = nil,
            descriptors: [Int32: Int32], ownSession: Bool
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.folder = folder
            self.descriptors = descriptors
            self.ownSession = ownSession
        }
    }

    package enum Ending: Equatable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        package var description: String {
            switch self {
            case .exited(let status): "ended with exit status \(status)"
            case .killed(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    package let processID: Int32
    private let descriptor: Int32

    /// - Throws: `DeployError` when it cannot be started.
    package init(_ specification: Specification) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.prepare(&actions, specification)
        Self.prepare(&attributes, ownSession: specification.ownSession)

        let environment = specification.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var processID: pid_t = 0
        let result = Self.withCStrings([specification.executable] + specification.arguments) { arguments in
            Self.withCStrings(environment) { environment in
                posix_spawn(&processID, specification.executable, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else {
            throw DeployError("cannot start '\(specification.executable)': \(String(cString: strerror(result)))")
        }
        self.processID = processID
        descriptor = linux_pidfd_open(processID)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(-descriptor))
            kill(processID, SIGKILL)
            _ = Self.wait(for: processID)
            throw DeployError(
                "cannot watch the process of '\(specification.executable)': \(reason)",
                advice: "Linux 5.3 or newer is needed.")
        }
    }

    private static func prepare(_ actions: inout posix_spawn_file_actions_t, _ specification: Specification) {
        if specification.descriptors[0] == nil {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        for (number, source) in specification.descriptors.sorted(by: { $0.key < $1.key }) {
            posix_spawn_file_actions_adddup2(&actions, source, number)
        }
        let highest = max(2, specification.descriptors.keys.max() ?? 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, highest + 1)
        if let folder = specification.folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
    }

    /// Signals that this process handles or blocks mean their default to the child.
    private static func prepare(_ attributes: inout posix_spawnattr_t, ownSession: Bool) {
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        if ownSession { flags |= linux_spawn_own_session }
        posix_spawnattr_setflags(&attributes, flags)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }

    /// Does nothing once it has ended.
    package func send(signal: Int32) { _ = linux_pidfd_send_signal(descriptor, signal) }

    /// Returns when it has ended; it is not reaped by that.
    package func waitForEnd() async {
        await DescriptorEvents.firstReadable(descriptor)
    }

    /// How it ended. Once, after `waitForEnd()`, and the last use of this value.
    package func reap() -> Ending {
        defer { _ = close(descriptor) }
        return Self.wait(for: processID)
    }

    private static func wait(for processID: pid_t) -> Ending {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    }
}
