import Glibc

/// Time that a thread has had of a processor, which a loaded machine does not stretch.
enum ProcessorTime {
    /// Differences mean something only within one synchronous stretch of code.
    static var ofThisThread: Duration {
        var time = timespec()
        precondition(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0, "the thread has no clock")
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
