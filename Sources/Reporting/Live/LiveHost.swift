import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How far one host has come, as the live view shows it.
struct LiveHost: Sendable {
    enum Phase: Sendable, Equatable {
        case waiting
        case working(step: String, title: String, since: Date)
        /// Prepared, and in turn later.
        case ready
        case resting(String)
        case done(String)
        case failed(String)
    }

    private(set) var phase = Phase.waiting
    private var hasWork = false
    /// What it was before it began to tidy up, which makes no difference to it.
    private var untidied: Phase?
    /// The run has ended, and nothing more comes.
    private var isOver = false

    /// In the order in which counts are told.
    static let words = ["done", "working", "stopped", "ready", "waiting", "not begun", "resting", "failed"]

    var word: String {
        switch phase {
        case .waiting: isOver ? "not begun" : "waiting"
        case .working: isOver ? "stopped" : "working"
        case .ready: "ready"
        case .resting: "resting"
        case .done: "done"
        case .failed: "failed"
        }
    }

    /// Who is shown first when there is not room for all.
    var rank: Int {
        switch phase {
        case .working: 0
        case .failed: 1
        case .resting: 2
        case .ready: 3
        case .waiting: 4
        case .done: 5
        }
    }

    static func host(of kind: RunEvent.Kind) -> String? {
        switch kind {
        case .agentBegan(let host, _), .surveyed(let host), .progress(let host, _), .resting(_, let host, _, _),
            .prepared(_, let host), .gate(_, let host, _, _), .switchBegan(_, let host, _),
            .switchEnded(_, let host, _, _), .restartBegan(_, let host, _), .restarted(_, let host, _):
            host
        case .hostFailed(let fault): fault.host
        case .stepBegan(let key, _, _, _), .outcome(let key, _): key.host
        default: nil
        }
    }

    mutating func apply(_ event: RunEvent) {
        switch event.kind {
        case .agentBegan(_, let reason): work("", "agent starts: \(reason)", event.time)
        case .surveyed: phase = .waiting
        case .stepBegan(let key, let title, let number, let total):
            // A gate asks the other members: what they are doing themselves stays on the screen.
            if key.part == .gate { return }
            if key.part == .finally { untidied = untidied ?? phase }
            work(EventWords.step(key, number, total), "\(EventWords.name(key)): \(title)", event.time)
        case .progress(_, let text):
            if case .working(let step, _, let since) = phase { phase = .working(step: step, title: text, since: since) }
        case .resting(let order, _, _, _): phase = .resting("\(order) waits for an answer")
        case .prepared:
            if case .resting = phase { return }
            phase = .ready
        case .gate(_, _, let open, let findings):
            if !open { work("gate", findings.joined(separator: "; "), event.time) }
        case .switchBegan(_, _, let orders): work("switch", orders.joined(separator: ", "), event.time)
        case .switchEnded(_, _, let orders, let fault):
            phase = fault.map { .failed($0.message) } ?? .done(orders.joined(separator: ", "))
        case .restartBegan(_, _, let services): work("restart", services.joined(separator: ", "), event.time)
        case .restarted: phase = .done("restarted")
        case .hostFailed(let fault): phase = .failed(fault.message)
        case .outcome(let key, let outcome):
            if key.part == .finally { tidied() }
            if outcome.status == .failed { phase = .failed(outcome.fault?.message ?? "step failed") }
        default: break
        }
    }

    /// A host with nothing due is done as soon as that is known; one of its other orders may say otherwise.
    mutating func planned(_ need: PlannedOrder.Need) {
        if need.isWork {
            hasWork = true
            if case .done = phase { phase = .waiting }
        } else if need == .none, !hasWork, phase == .waiting {
            phase = .done("nothing to do")
        }
    }

    /// Nothing more comes for this pool: who had nothing to do is done.
    mutating func poolEnded() {
        if phase == .waiting, !hasWork { phase = .done("nothing to do") }
    }

    /// The run has ended: a host that is at something does not go on with it.
    mutating func runEnded() { isOver = true }

    mutating func runBegan() { isOver = false }

    private mutating func tidied() {
        if let former = untidied { phase = former }
        untidied = nil
    }

    private mutating func work(_ step: String, _ title: String, _ time: Date) {
        if case .working(step, _, let since) = phase, !step.isEmpty {
            phase = .working(step: step, title: title, since: since)
        } else {
            phase = .working(step: step, title: title, since: time)
        }
    }

    /// `  fe02  ▸ switch 3/9  restart: services restarted      0:42`.
    func line(_ host: String, column: Int, width: Int, now: Date, style: TextStyle) -> String {
        let start = "  \(host.cleaned.padded(column))  "
        let (mark, text, time, tone): (String, String, String, TextStyle.Tone) =
            switch phase {
            case .waiting: ("·", isOver ? "not begun" : "waiting", "", .faint)
            case .working(let step, let title, _) where isOver:
                ("‖", step.isEmpty ? "stopped: \(title)" : "stopped at \(step): \(title)", "", .waiting)
            case .working(let step, let title, let since):
                (
                    "▸", step.isEmpty ? title : "\(step.padded(12))  \(title)",
                    DisplayClock.elapsed(now.timeIntervalSince(since)), .busy
                )
            case .ready: ("·", isOver ? "prepared, not switched" : "prepared", "", .plain)
            case .resting(let text): ("…", text, "", .waiting)
            case .done(let text): ("✓", text, "", .good)
            case .failed(let text): ("✗", text, "", .bad)
            }
        let room = width - start.count - 2 - (time.isEmpty ? 0 : time.count + 1)
        guard room > 0 else { return style((start + mark).cut(width), tone) }
        let shown = text.cleaned.cut(room)
        return start + style("\(mark) \(time.isEmpty ? shown : shown.padded(room))", tone)
            + (time.isEmpty ? "" : " \(time)")
    }
}
