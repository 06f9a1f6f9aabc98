internal import CLinux
internal import Glibc

/// Makes this process act in time on a machine that is short of memory or processors (rule 10 of the safety page): it stays in
/// memory, runs before all that has no real-time priority, and is among the last to be ended when memory runs out.
/// Each needs a privilege; without one the supervisor enforces its permit as well as the kernel lets it.
enum Urgency {
    /// The memory alone, for one that is neither to run before others nor to outlive them.
    ///
    /// - Returns: what was refused, in words.
    static func lockMemory() -> String? {
        let problem = linux_lock_memory()
        return problem == 0 ? nil : "to keep its memory from being paged out (\(systemMessage(-problem)))"
    }

    /// - Returns: what was refused, in words.
    static func raise() -> [String] {
        var refused = lockMemory().map { [$0] } ?? []
        let priority = linux_run_first()
        if priority != 0 { refused.append("to run with real-time priority (\(systemMessage(-priority)))") }
        let score = Array("-900".utf8)
        let descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        if descriptor < 0 || write(descriptor, score, score.count) != score.count {
            refused.append("to go late when memory runs out (\(systemMessage(errno)))")
        }
        if descriptor >= 0 { close(descriptor) }
        return refused
    }
}
