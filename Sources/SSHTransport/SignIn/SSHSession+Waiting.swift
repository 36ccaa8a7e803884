import Synchronization

extension SSHSession {
    /// Waits for work that somebody else does for the sign-in, a secret or a signature, but not beyond the deadline.
    ///
    /// Whoever asks a person, a program or an agent may never answer. Then the work is cancelled and left behind; it need
    /// not heed that.
    func waiting<Value: Sendable>(
        for what: String, by deadline: Deadline, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let readiness = resources.socket?.readiness else { throw lost("sign-in") }
        let promise = Promise<Value>()
        let task = Task.immediate(executorPreference: worker) { [worker] in
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            worker.checkIsolated()
            promise.keep(result)
            readiness.wakeAll()
        }
        while true {
            if let result = promise.result { return try result.get() }
            do {
                try Task.checkCancellation()
                guard failure == nil else { throw lost("sign-in") }
                if deadline.hasPassed {
                    throw SSHError(
                        .unattended, "sign-in",
                        "sign-in was not done within \(deadline.limit.words): no \(what) came")
                }
            } catch {
                task.cancel()
                throw error
            }
            await nextChange(of: readiness)
        }
    }
}

/// What the work comes to.
private final class Promise<Value: Sendable>: Sendable {
    private let state = Mutex<Result<Value, any Error>?>(nil)

    var result: Result<Value, any Error>? { state.withLock { $0 } }

    func keep(_ result: Result<Value, any Error>) { state.withLock { $0 = result } }
}
