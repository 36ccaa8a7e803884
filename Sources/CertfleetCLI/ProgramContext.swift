import Foundation

/// What every command is given: the terminal, the clock, and what stands before the journal.
package struct ProgramContext: Sendable {
    let terminal: Terminal
    let surroundings: Surroundings
    /// Absolute path of this program; the lab starts itself with it.
    let executable: String

    func session(_ place: ProjectPlace) -> RunSession {
        RunSession(place: place, terminal: terminal, surroundings: surroundings)
    }
}
