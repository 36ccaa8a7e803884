import FleetModel
import Foundation
import Synchronization

/// A journal in memory, which can die at any event.
final class RecordingSink: EventSink {
    /// How the journal dies at an event: before it is written, or right after.
    enum Death: Sendable { case before, after }

    private struct State {
        var events: [RunEvent] = []
        var death: (at: Int, Death)?
        var dead = false
    }

    private let state = Mutex(State())
    private let listener: Mutex<@Sendable (RunEvent.Kind) -> Void> = Mutex { _ in }

    var kinds: [RunEvent.Kind] { state.withLock { $0.events.map(\.kind) } }
    var events: [RunEvent] { state.withLock { $0.events } }
    var history: RunHistory { RunHistory(events) }

    func onEvent(_ body: @escaping @Sendable (RunEvent.Kind) -> Void) { listener.withLock { $0 = body } }

    /// Dies when this many more events are written.
    func die(at count: Int, _ death: Death) {
        state.withLock { $0.death = ($0.events.count + count, death) }
    }

    /// The disk is free again, or the program was started anew.
    func revive() {
        state.withLock { ($0.death, $0.dead) = (nil, false) }
    }

    var isDead: Bool { state.withLock(\.dead) }

    func record(_ kind: RunEvent.Kind) async throws {
        let ok = state.withLock { state -> Bool in
            guard !state.dead else { return false }
            if let (at, death) = state.death, state.events.count >= at {
                state.dead = true
                if death == .before { return false }
            }
            state.events.append(RunEvent(time: Date(timeIntervalSince1970: 1_800_000_000), kind: kind))
            return !state.dead
        }
        guard ok else { throw Fault("journal.full", .state, "the journal cannot be written") }
        listener.withLock { $0 }(kind)
    }

    // MARK: What was recorded

    /// `host part step`, with the item, of all intents.
    var intents: [String] {
        kinds.compactMap { if case .intent(let key, _, _) = $0 { Self.text(key) } else { nil } }
    }

    var intentTexts: [String] {
        kinds.compactMap { if case .intent(_, let call, _) = $0 { call } else { nil } }
    }

    /// `host part step: status`.
    var outcomes: [String] {
        kinds.compactMap {
            if case .outcome(let key, let outcome) = $0 { "\(Self.text(key)): \(outcome.status.rawValue)" } else { nil }
        }
    }

    /// `+fe01` where a switch began, `-fe01` where it ended well, `!fe01` where it failed.
    var switches: [String] {
        kinds.compactMap {
            switch $0 {
            case .switchBegan(_, let host, _): "+\(host)"
            case .switchEnded(_, let host, _, let fault): "\(fault == nil ? "-" : "!")\(host)"
            default: nil
            }
        }
    }

    var agents: [String] {
        kinds.compactMap { if case .agentBegan(let host, let reason) = $0 { "\(host): \(reason)" } else { nil } }
    }

    var stopped: [Fault] {
        kinds.compactMap { if case .poolStopped(_, let fault) = $0 { fault } else { nil } }
    }

    var switchFaults: [Fault] {
        kinds.compactMap { if case .switchEnded(_, _, _, let fault) = $0 { fault } else { nil } }
    }

    private static func text(_ key: StepKey) -> String {
        "\(key.host) \(key.part.rawValue) \(key.step)" + (key.item.map { "[\($0)]" } ?? "")
    }
}
