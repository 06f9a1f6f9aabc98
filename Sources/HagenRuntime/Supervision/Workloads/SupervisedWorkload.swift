internal import Glibc
internal import HagenEngine

/// One run of a workload, as its supervisor handles it: what differs between the kinds. Nothing here waits.
///
/// The supervisor decides when it has to stop or to die; the kind knows how, and when it is proved dead.
protocol SupervisedWorkload {
    /// Of the first process, where there is one and it is known.
    var processID: pid_t? { get }
    /// How it ended although nobody asked it to, in words; `nil` while it runs. What is left is then killed.
    var ending: String? { get }
    /// When `timeReached` has something to do.
    var wake: Instant? { get }
    /// A descriptor on which POLLPRI says that processes came or went.
    var watched: Int32? { get }

    /// Asks it to end; how long that may take is the supervisor's business.
    mutating func stop(at now: Instant)
    /// Takes from it the right to run, at once. What that leaves is for `clear`.
    mutating func kill()
    /// Looks for what is left, and goes on ending it; called again and again once it was killed or has ended.
    mutating func clear(at now: Instant)
    mutating func timeReached(at now: Instant)
    mutating func watchedChanged(at now: Instant)
    mutating func childEnded(_ process: pid_t, status: Int32, at now: Instant)
    /// The hot standby has become the active one; its role file says so already.
    mutating func roleChanged(at now: Instant)
    /// Whether nothing of it is left; only asked once it was killed or has ended.
    var isDead: Bool { get }
    /// Gives back what it holds of this process; called once it is dead.
    mutating func finish()
}

extension SupervisedWorkload {
    var watched: Int32? { nil }
    mutating func watchedChanged(at now: Instant) {}
    mutating func roleChanged(at now: Instant) {}
    mutating func finish() {}
}

/// What every kind of workload is run with.
struct WorkloadSurroundings {
    /// Becomes the standard input of what is started.
    var input: Int32
    /// Becomes its standard output and error.
    var output: Int32
    /// Where its processes live; `nil` where no control group was delegated.
    var controlGroup: ControlGroup?
    /// Where a unit reads its environment.
    var environmentFile: String
}
