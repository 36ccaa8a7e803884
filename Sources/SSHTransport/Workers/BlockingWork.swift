import Dispatch
import Synchronization

/// A few threads for the calls that can only block: name look-ups, small files, the ssh-agent. Never a worker.
final class BlockingWork: Sendable {
    static let names = BlockingWork("certfleet.names", width: 4)
    static let keys = BlockingWork("certfleet.keys", width: 2)

    private let queues: [DispatchQueue]
    private let turn = Atomic(0)

    private init(_ label: String, width: Int) {
        queues = (0..<width).map { DispatchQueue(label: "\(label).\($0)") }
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let queue = queues[Int(UInt(bitPattern: number) % UInt(queues.count))]
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}
