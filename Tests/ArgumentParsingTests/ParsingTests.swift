import ArgumentParsing
import Testing

/// Runs a command line of the sample program; help and version count as -1.
func run(_ program: Program, _ line: String) async throws -> Int32 {
    switch try program.parse(line.split(separator: " ").map(String.init)) {
    case .run(let command): try await command.run()
    case .help, .version: -1
    }
}

func mistake(_ words: [String]) -> UsageError? {
    do throws(UsageError) {
        _ = try sample().parse(words)
        return nil
    } catch {
        return error
    }
}

func mistake(_ line: String) -> UsageError? { mistake(line.split(separator: " ").map(String.init)) }

@Suite struct `Parsing` {
    @Test(arguments: [
        "plan east --output FILE", "plan --output=FILE east", "plan -o FILE east", "plan -oFILE east",
        "plan east -qo FILE", "plan -qoFILE -- east", "plan east -o FILE -o FILE",
    ])
    func `an option's value may stand behind it, behind an equals sign, or in the same word`(line: String) async throws
    {
        let program = sample { given in
            #expect(given.pool == "east")
            #expect(given.output == "FILE")
            #expect(given.quiet == line.contains("q"))
            return 5
        }
        #expect(try await run(program, line) == 5)
    }

    @Test(arguments: [
        "--project DIR -i F plan east", "plan east --project DIR -iF", "--project=DIR plan -i F east",
        "-iF plan --project DIR east", "--project DIR -i F plan --project DIR east",
    ])
    func `a global option may stand before or after the command`(line: String) async throws {
        let program = sample { given in
            let project: Given<ProjectOptions> = given.project
            #expect(project.folder == "DIR")
            #expect(project.inventory == "F")
            return 6
        }
        #expect(try await run(program, line) == 6)
    }

    @Test func `what was not given has its default, and the command can tell`() async throws {
        let program = sample { given in
            #expect(given.project.folder == "." && given.project.inventory == nil)
            #expect(given.due == .seconds(60 * 86_400) && given.format == .text && given.accept.isEmpty)
            #expect(!given.json && !given.typed(\.due) && given.typed(\.pool))
            #expect(given.commandPath == ["tool", "plan"])
            return 0
        }
        #expect(try await run(program, "plan east") == 0)
    }

    @Test func `a repeated option keeps its values in order`() async throws {
        let program = sample { given in
            #expect(given.accept == ["new-key", "eku-lost", "new-key"])
            return 0
        }
        #expect(try await run(program, "plan --accept new-key east --accept=eku-lost --accept new-key") == 0)
    }

    @Test func `after two dashes everything is an argument, and one dash always is`() async throws {
        for line in ["plan -- --quiet", "plan -"] {
            let program = sample { given in
                #expect(given.pool == (line.hasSuffix("quiet") ? "--quiet" : "-") && !given.quiet)
                return 0
            }
            #expect(try await run(program, line) == 0)
        }
    }

    @Test func `commands of a group run with their own arguments`() async throws {
        #expect(try await run(sample(), "lab sign --authority corp a.csr b.csr") == 2)
        #expect(try await run(sample(), "lab fault fe02 late --times 3") == 3)
        #expect(try await run(sample(), "lab fault fe02 --clear") == 0)
        #expect(try await run(sample(), "stand-in") == 7)
    }

    @Test(arguments: ["--help", "-h", "help", "plan --help", "plan east -qh", "lab -h", "help lab sign", "--version"])
    func `help is there at every level, before anything is missing`(line: String) async throws {
        #expect(try await run(sample(), line) == -1)
    }

    @Test func `help after two dashes is an argument`() async throws {
        #expect(try await run(sample { $0.pool == "--help" ? 3 : 0 }, "plan -- --help") == 3)
    }

    @Test func `the version is the program's alone`() throws {
        guard case .version("tool 1.2.3") = try sample().parse(["--version"]) else {
            Issue.record("no version")
            return
        }
        #expect(mistake("plan --version")?.code == .unknownOption)
    }

    @Test func `a command can refuse what was typed with its own usage line`() async throws {
        let program = sample { given in throw given.usageError("no such pool", hint: "tool inventory list") }
        let error = await #expect(throws: UsageError.self) { try await run(program, "plan east") }
        #expect(error?.code == .refusedByCommand && error?.message == "no such pool")
        #expect(error?.usage == "tool plan [options] POOL")
    }
}
