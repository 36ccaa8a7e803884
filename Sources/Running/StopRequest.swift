import Synchronization

/// The operator's wish to stop: running switches finish, nothing new begins.
package final class StopRequest: Sendable {
    private let asked = Atomic<Bool>(false)

    package init() {}

    package func ask() { asked.store(true, ordering: .relaxed) }
    package var isAsked: Bool { asked.load(ordering: .relaxed) }
}
