internal import CLinux
internal import Glibc
internal import HagenEngine

/// All processes of one run of a workload that this supervisor started.
///
/// Two facts together prove them dead: the control group is empty, where there is one; and this process has no child left. As
/// a subreaper it inherits every orphan of its descendants, so that what lives of them is among its children, also what
/// left the group. A process in uninterruptible sleep counts for both until it is gone.
struct WorkloadGroup {
    let controlGroup: ControlGroup?
    /// Of `cgroup.events`.
    private(set) var events: Int32?

    /// - Throws: where the control group cannot be made: nothing may be started outside of it.
    init(_ controlGroup: ControlGroup?) throws(EngineFailure) {
        self.controlGroup = controlGroup
        guard let controlGroup else { return }
        try controlGroup.create()
        let descriptor = controlGroup.openEvents()
        guard descriptor >= 0 else {
            throw EngineFailure("cannot watch the control group '\(controlGroup.path)': \(systemMessage(errno))")
        }
        events = descriptor
        _ = ControlGroup.state(events: descriptor)
    }

    var isEmpty: Bool {
        guard linux_has_children() == 0 else { return false }
        return events.map { ControlGroup.state(events: $0).isProvedEmpty } ?? true
    }

    /// What can be done at once.
    func kill() { controlGroup?.kill() }

    /// Looks through all processes, which takes its time.
    func killAll() {
        kill()
        for process in ProcessTree.descendants(of: getpid()) { Glibc.kill(process, SIGKILL) }
    }

    /// Takes note of what the descriptor says, so that poll(2) tells of the next change.
    func acknowledge() { if let events { _ = ControlGroup.state(events: events) } }

    mutating func close() {
        if let events { Glibc.close(events) }
        events = nil
    }
}
