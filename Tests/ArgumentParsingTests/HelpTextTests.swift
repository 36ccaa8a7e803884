import ArgumentParsing
import Testing

@Suite struct `Help` {
    @Test func `of the program lists its commands and global options`() {
        #expect(
            sample().help() == """
                tool: keeps the fleet's certificates

                usage: tool [options] COMMAND

                One inventory, many servers.

                Commands:
                  plan                  show what would be done, and change nothing
                  lab                   a fleet to play with

                Global options:
                      --project DIR     the project folder (default: .)
                  -i, --inventory FILE  the inventory to read

                General:
                  -h, --help            show this help
                      --version         show the version

                Help on a command: tool COMMAND --help

                """)
    }

    @Test func `of a command shows every parameter under its heading, with default and choices`() {
        #expect(
            sample().help(of: ["plan"]) == """
                tool plan: show what would be done, and change nothing

                usage: tool plan [options] POOL

                Works out the orders of the pool and shows every call that apply would make, in
                the order it would make them.

                  a line that keeps its form

                Arguments:
                  POOL                         the pool to plan for

                Options:
                  -o, --output FILE            save the plan here
                      --due DURATION           what has less life left than this is due
                                               (default: 60d)
                      --format text|json|html  the form of the plan (default: text)
                      --accept CHOICE          accept a loss (one of: eku-lost, name-lost,
                                               new-key, smaller-key; can be repeated)
                  -j, --json                   short for --format json
                  -q, --quiet                  say less

                Project options:
                      --project DIR            the project folder (default: .)
                  -i, --inventory FILE         the inventory to read

                General:
                  -h, --help                   show this help

                Examples:
                  tool plan east -o east.plan

                """)
    }

    @Test func `of a group without global options promises none`() {
        #expect(
            sample().help(of: ["lab"]) == """
                tool lab: a fleet to play with

                usage: tool lab COMMAND

                Commands:
                  fault       make a host misbehave
                  sign        answer requests

                General:
                  -h, --help  show this help

                Help on a command: tool lab COMMAND --help

                """)
    }

    @Test func `is what the command line asks for`() throws {
        for words in [["lab", "sign", "-h"], ["help", "lab", "sign"], ["lab", "sign", "x", "--help"]] {
            guard case .help(let text) = try sample().parse(words) else {
                Issue.record("no help for \(words)")
                continue
            }
            #expect(text == sample().help(of: ["lab", "sign"]))
        }
    }

    @Test(arguments: [60, 80, 120]) func `keeps to the width of the terminal`(width: Int) {
        let text = sample().help(of: ["plan"], width: width) ?? ""
        let long = text.split(separator: "\n").filter { $0.count > width }
        #expect(long.isEmpty)
    }

    @Test func `keeps silent about what is hidden`() {
        let program = sample()
        let texts =
            [program.help(), program.help(of: ["plan"]), program.manPage(date: ""), program.commandReference()]
            .compactMap { $0 }
        #expect(texts.count == 4)
        for text in texts {
            #expect(!text.contains("stand-in") && !text.contains("stand\\-in") && !text.contains("trace"))
        }
    }

    @Test func `of an unknown command is nil`() {
        #expect(sample().help(of: ["lab", "plan"]) == nil)
    }
}
