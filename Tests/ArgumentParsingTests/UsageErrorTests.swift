import ArgumentParsing
import Testing

@Suite struct `Usage errors` {
    @Test(
        arguments: [
            ("", "no command given", "tool --help lists the commands"),
            ("lab", "tool lab: no command given", "tool lab --help lists the commands"),
            ("pln east", "unknown command 'pln'", "did you mean plan?"),
            ("lab sing", "unknown command 'sing'", "did you mean sign?"),
            ("fault", "unknown command 'fault'", "did you mean tool lab fault?"),
            ("stand-im", "unknown command 'stand-im'", "tool --help lists the commands"),
            ("help lbb", "unknown command 'lbb'", "did you mean lab?"),
            ("plan east --ouput x", "unknown option '--ouput'", "did you mean --output?"),
            ("plan east --proj x", "unknown option '--proj'", "did you mean --project?"),
            ("plan east -z", "unknown option '-z'", "tool plan --help lists the options"),
            ("plan east --trac", "unknown option '--trac'", "tool plan --help lists the options"),
            ("--quiet plan east", "--quiet belongs to a command", "write it after the command's name"),
            ("-q plan east", "-q belongs to a command", "write it after the command's name"),
            ("--project x lab sign f", "tool lab sign takes no --project", nil),
            ("plan", "POOL is missing", "the pool to plan for"),
            ("lab sign f", "--authority NAME is missing", "who signs"),
            ("plan east --output", "--output needs a value: --output FILE", nil),
            (
                "plan east -o --json", "-o needs a value, and '--json' looks like an option",
                "if it is the value, write --output=VALUE in one word"
            ),
            ("plan east --json=yes", "--json takes no value", nil),
            ("plan east west", "unexpected argument 'west'", nil),
            ("plan east -o a -o b", "-o is given twice, as 'a' and as 'b'", nil),
            ("--project a plan east --project b", "--project is given twice, as 'a' and as 'b'", nil),
            ("plan east --output=", "--output: '' is empty", nil),
            ("plan east --format htm", "--format: 'htm' is not one of text, json, html", "did you mean html?"),
            ("plan east --format pdfx", "--format: 'pdfx' is not one of text, json, html", nil),
            ("plan east --due 60", "--due: '60' is not a duration", "name the unit, as in 60d or 60m"),
            ("plan east --due soon", "--due: 'soon' is not a duration", "examples: 60d, 12h, 1h30m"),
            ("lab fault h late --times 10", "--times: '10' is not a whole number from 1 to 9", nil),
            ("lab fault h late --times -1", "--times: '-1' is not a whole number from 1 to 9", nil),
            ("plan east --json --format text", "--json and --format exclude each other", nil),
            ("lab fault h", "one of KIND, --clear is needed", nil),
            ("lab fault h late --clear", "KIND and --clear exclude each other", nil),
            ("lab fault h --clear --at 3", "--at goes only with KIND", nil),
        ] as [(String, String, String?)])
    func `say what is wrong and what to type`(line: String, message: String, hint: String?) {
        let error = mistake(line)
        #expect(error?.message == message)
        #expect(error?.hint == hint)
    }

    @Test func `carry the usage line of the command they are about`() {
        #expect(mistake("nothing")?.usage == "tool [options] COMMAND")
        #expect(mistake("plan")?.usage == "tool plan [options] POOL")
        #expect(mistake("lab sign")?.usage == "tool lab sign --authority NAME FILE...")
        #expect(mistake("lab fault")?.usage == "tool lab fault [options] HOST [KIND]")
    }

    @Test func `show no control characters and no end of an endless word`() {
        #expect(mistake(["pl\u{1B}[31m\u{202E}an"])?.message == #"unknown command 'pl\u{1b}[31m\u{202e}an'"#)
        let long = mistake([String(repeating: "x", count: 1_000_000)])?.message
        #expect(long == "unknown command '" + String(repeating: "x", count: 80) + "…'")
    }

    @Test func `an empty word is no command`() {
        #expect(mistake([""])?.code == .unknownCommand)
    }
}
