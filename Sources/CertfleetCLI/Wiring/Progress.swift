@preconcurrency import Dispatch
import FleetModel
import Foundation
import Reporting
import Synchronization

/// Shows a run while it goes on: redrawn on a terminal, plain timestamped lines when piped.
final class Progress: Sendable {
    private struct State {
        var view: LiveView
        var plain: PlainLines
        var drawn = 0
        var shown = true
        /// Questions that wait for an answer.
        var questions = 0
    }

    private let state: Mutex<State>
    private let terminal: Terminal
    private let style: TextStyle
    private let ticker: (any DispatchSourceTimer)?

    init(command: String, pools: [(name: String, hosts: [String])], terminal: Terminal, quiet: Bool = false) {
        let names = pools.flatMap { [$0.name] + $0.hosts }
        state = Mutex(
            State(
                view: LiveView(command: command, pools: pools),
                plain: PlainLines(clock: DisplayClock(zone: .current), hosts: names), shown: !quiet))
        self.terminal = terminal
        style = TextStyle(coloured: terminal.colour)
        guard terminal.isErrorTerminal, !quiet else {
            ticker = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "certfleet.live"))
        ticker = timer
        // Elapsed times go on while nothing happens.
        timer.schedule(deadline: .now() + 0.25, repeating: 0.25)
        timer.setEventHandler { [weak self] in self?.draw() }
        timer.activate()
    }

    /// The terminal for all that is said and asked meanwhile: the picture makes room, and is drawn anew below it.
    var aside: Terminal {
        var aside = terminal
        aside.write = { [self] text in makeRoom { terminal.write(text) } }
        aside.say = { [self] text in makeRoom { terminal.say(text) } }
        aside.ask = { [self] question in asking { terminal.ask(question) } }
        aside.askSecretly = { [self] question in asking { terminal.askSecretly(question) } }
        return aside
    }

    /// Ends the question that somebody is being asked. False when nobody is.
    func endQuestion() -> Bool {
        let isAsking = state.withLock { $0.questions > 0 }
        terminal.endQuestions()
        return isAsking
    }

    /// Events come in while somebody thinks, and nothing is drawn.
    private func asking(_ question: () -> String?) -> String? {
        state.withLock { state in
            erase(&state)
            state.questions += 1
        }
        defer { state.withLock { $0.questions -= 1 } }
        return question()
    }

    /// Takes in the next event.
    func see(_ event: RunEvent) {
        if ticker != nil {
            state.withLock { $0.view.apply(event) }
        } else {
            state.withLock { state in
                guard state.shown else { return }
                for line in state.plain.lines(for: event) { terminal.say(line + "\n") }
            }
        }
    }

    /// Draws a last time and leaves the picture standing.
    func finish() {
        guard let ticker else { return }
        ticker.cancel()
        draw()
        state.withLock { $0.shown = false }
    }

    /// Takes the picture away, for a question or a plan.
    func clear() {
        guard ticker != nil else { return }
        state.withLock { state in
            erase(&state)
            state.shown = false
        }
    }

    /// Goes on drawing after ``clear()``.
    func resume() {
        guard ticker != nil else { return }
        state.withLock { $0.shown = true }
    }

    private func makeRoom(_ words: () -> Void) {
        state.withLock { state in
            erase(&state)
            words()
        }
    }

    private func erase(_ state: inout State) {
        if state.drawn > 0 { terminal.say(Self.upwards(state.drawn) + "\u{1B}[J") }
        state.drawn = 0
    }

    /// To the first line of the picture. What was typed since, `^C` for instance, stands in the line below it.
    private static func upwards(_ lines: Int) -> String { lines > 0 ? "\r\u{1B}[\(lines)A" : "" }

    func draw() {
        let (columns, rows) = Terminal.size()
        state.withLock { state in
            guard state.shown, state.questions == 0 else { return }
            let lines = state.view.lines(width: columns - 1, height: max(rows - 2, 4), now: Date(), style: style)
            let picture = lines.map { "\u{1B}[2K\($0)\n" }.joined()
            terminal.say(Self.upwards(state.drawn) + picture + "\u{1B}[J")
            state.drawn = lines.count
        }
    }
}
