import ArgumentParsing

/// A small program in the manner of a real one; its commands do nothing but return a number or keep what was given.
enum Format: String, CaseIterable, Sendable { case text, json, html }

struct ProjectOptions: ParameterGroup {
    let title = "Project options"
    let folder = Option("project", .folder, default: ".", global: true, "the project folder")
    let inventory = Option("inventory", short: "i", .file, global: true, "the inventory to read")
}

struct PlanCommand: Command {
    let about = About(
        "plan", "show what would be done, and change nothing",
        discussion: """
            Works out the orders of the pool and shows every call that apply would make, in the order it would make them.

              a line that keeps its form
            """,
        examples: ["tool plan east -o east.plan"])
    let pool = Argument("POOL", .text, "the pool to plan for")
    let output = Option("output", short: "o", .file, "save the plan here")
    let due = Option("due", .duration, default: .seconds(60 * 86_400), "what has less life left than this is due")
    let format = Option("format", .choice(of: Format.self), default: .text, "the form of the plan")
    let accept = Option(
        repeated: "accept", .choice(["eku-lost", "name-lost", "new-key", "smaller-key"]), "accept a loss")
    let json = Flag("json", short: "j", "short for --format json")
    let quiet = Flag("quiet", short: "q", "say less")
    let trace = Flag("trace", hidden: true, "for the developers")
    let project = ProjectOptions()
    var rules: [ParameterRule] { [.atMostOne(json, format)] }
    let check: @Sendable (Given<PlanCommand>) throws -> Int32

    func run(_ given: Given<Self>) async throws -> Int32 { try check(given) }
}

struct FaultCommand: Command {
    let about = About("fault", "make a host misbehave")
    let host = Argument("HOST", .text, "the host")
    let kind = Argument(optional: "KIND", .choice(["refused", "late"]), "how")
    let clear = Flag("clear", "end all faults of the host")
    let step = Option("at", .text.named("STEP"), "only at this step")
    let times = Option("times", .integer(1...9), default: 1, "how often")
    var rules: [ParameterRule] { [.exactlyOne(kind, clear), .needs(step, kind)] }
    func run(_ given: Given<Self>) async throws -> Int32 { given.clear ? 0 : Int32(given.times) }
}

struct SignCommand: Command {
    let about = About("sign", "answer requests")
    let authority = Option(required: "authority", short: "a", .text.named("NAME"), "who signs")
    let files = Argument(repeated: "FILE", .file, required: true, "the requests")
    func run(_ given: Given<Self>) async throws -> Int32 { Int32(given.files.count) }
}

struct SecretCommand: Command {
    let about = About("stand-in", "not for people", hidden: true)
    func run(_ given: Given<Self>) async throws -> Int32 { 7 }
}

func sample(_ check: @escaping @Sendable (Given<PlanCommand>) throws -> Int32 = { _ in 0 }) -> Program {
    Program(
        "tool", "keeps the fleet's certificates", discussion: "One inventory, many servers.", version: "1.2.3",
        sections: [.init("Exit codes", "0 is done.\n\n  64  usage")]
    ) {
        PlanCommand(check: check)
        CommandGroup("lab", "a fleet to play with") {
            FaultCommand()
            SignCommand()
        }
        SecretCommand()
    }
}
