/// What `withDeadline` throws when the time is up.
struct DeadlineExceeded: Error, Equatable, CustomStringConvertible {
    let duration: Duration
    var description: String { "no answer within \(duration)" }
}

/// Runs the operation, cancels it when the time is up, and throws `DeadlineExceeded` then. The operation must heed
/// cancellation: its end is waited for.
func withDeadline<Result: Sendable>(
    _ duration: Duration, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: duration, tolerance: .zero)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw DeadlineExceeded(duration: duration) }
        return result
    }
}
