internal import Foundation

/// A small process beside `hagen up` that outlives it: it waits until `hagen up` is gone, and where that was by SIGKILL
/// it cleans up (`LabCleanup.afterEnd`). A signal at the parent's death would not do: supervisors detach on purpose.
struct LabGuard: Sendable {
    private let child: ChildProcess
    /// The end that this process holds until it ends; the kernel closes it however that happens.
    private let lifeline: Int32

    init(command: [String], environment: [String: String]) throws {
        let ends = try SystemCalls.pipe()
        let nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer {
            _ = close(ends.read)
            if nowhere >= 0 { _ = close(nowhere) }
        }
        do {
            child = try ChildProcess(
                ChildProcess.Specification(
                    executable: command[0], arguments: Array(command.dropFirst()), environment: environment,
                    folder: "/", descriptors: [0: ends.read, 1: nowhere, 2: nowhere], ownSession: true))
        } catch {
            _ = close(ends.write)
            throw error
        }
        lifeline = ends.write
    }

    /// Once everything is cleaned up: the guard then finds nothing to do.
    func dismiss() async {
        _ = close(lifeline)
        await child.waitForEnd()
        _ = child.reap()
    }
}
