import ArgumentParsing
import FleetModel
import Planning

/// Where the project is; understood before and after the command.
struct ProjectOptions: ParameterGroup {
    let title = "Project"
    let folder = Option("project", .folder, default: ".", global: true, "the project folder")
    let inventory = Option("inventory", short: "i", .file, global: true, "the inventory, if not inventory/fleet.yml")
    let state = Option("state-dir", .folder, global: true, "where the journal is kept, if not in state/")
}

extension Given where Declared == ProjectOptions {
    var place: ProjectPlace { ProjectPlace(folder: self.folder, inventory: self.inventory, stateFolder: self.state) }
}

/// What every command that changes servers takes.
struct ChangeOptions: ParameterGroup {
    let title = "Before anything is changed"
    let yes = Flag("yes", short: "y", "do not ask; a loss is never covered by it")
    let accept = Option(
        repeated: "accept", .choice(["new-key", "eku-lost", "name-lost", "key-smaller", "trust-repair"]),
        "accept a loss, or a repair that removes something, by its name")
    let deferRestarts = Flag(
        "defer-restarts", "assign, and leave the restarts owing; certfleet restart does them")
    let due = Option(
        "due", .duration, "the lead: due when less life is left than this, or than a third of the whole if that is less"
    )
}

extension Given where Declared == ChangeOptions {
    /// What a command asks for, with the options that all of them take.
    ///
    /// - Parameter command: As it is told in plan and report.
    func request(_ command: String, _ selection: PlanSelection) -> RunRequest {
        RunRequest(
            command: command, selection: selection, lead: self.due, accepted: Set(self.accept),
            defersRestarts: self.deferRestarts)
    }
}
