/// Something has not come about in the time that a test gives it.
package struct WaitedInVain: Error, CustomStringConvertible {
    /// What was waited for, and how long.
    package let description: String

    init(_ what: String, _ limit: Duration) { description = "waited \(limit) in vain: \(what)" }
}

/// Waits until something is so. It looks again and again, for what nobody tells.
///
/// - Parameter what: Words for the failure.
/// - Throws: ``WaitedInVain`` when the limit has passed, so that a test fails and does not hang; what `isSo` throws;
///   `CancellationError`.
package func until(
    _ what: String, within limit: Duration = .seconds(60), isolation: isolated (any Actor)? = #isolation,
    _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isSo() {
        try Task.checkCancellation()
        guard ContinuousClock.now < end else { throw WaitedInVain(what, limit) }
        await Task.yield()
    }
}

/// Waits for a task that may take for ever when what is tested is broken, and cancels it in time, which it has to heed.
///
/// - Throws: ``WaitedInVain`` when the limit has passed; what the task throws.
package func value<Value: Sendable>(
    of task: Task<Value, any Error>, _ what: String, within limit: Duration = .seconds(60)
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else { throw WaitedInVain(what, limit) }
        return value
    }
}
