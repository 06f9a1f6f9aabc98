import Foundation

/// Time that a thread has had of a processor, which a loaded machine does not stretch.
enum ProcessorTime {
    /// Differences mean something only within one synchronous stretch of code.
    ///
    /// The first figure of schedstat, in nanoseconds. Not `clock_gettime`: in which module its structure is found depends
    /// on what else the target imports.
    static var ofThisThread: Duration {
        let text = (try? String(contentsOfFile: "/proc/thread-self/schedstat", encoding: .utf8)) ?? ""
        guard let nanoseconds = text.split(separator: " ").first.flatMap({ Int64($0) }) else {
            preconditionFailure("the kernel keeps no schedstat of a thread, but '\(text)'")
        }
        return .nanoseconds(nanoseconds)
    }
}
