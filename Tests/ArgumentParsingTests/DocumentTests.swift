import ArgumentParsing
import Testing

private struct Awkward: Command {
    let about = About("odd", "takes \\ and | and *", discussion: ".dot in front\n\n'quote in front", examples: ["a -b"])
    let pair = Option("pair", .choice(["a", "b"]), "either <a> or \"b\"")
    func run(_ given: Given<Self>) async throws -> Int32 { 0 }
}

private let awkward = Program("t", "odd \"texts\"", version: "1") { Awkward() }

@Suite struct `Manual page and reference` {
    @Test func `the manual page escapes what roff would take for its own`() {
        #expect(
            awkward.manPage(date: "2026-05-01") == #"""
                .TH "T" 1 "2026-05-01" "t 1"
                .SH NAME
                t \- odd "texts"
                .SH SYNOPSIS
                .B t COMMAND
                .SH COMMANDS
                .SS "odd [options]"
                takes \e and | and *
                .PP
                \&.dot in front
                .PP
                \&'quote in front
                .TP
                \fB\-\-pair\fR \fIa|b\fR
                either <a> or "b"
                .PP
                Examples:
                .PP
                .RS 4
                .nf
                a \-b
                .fi
                .RE
                .SH GLOBAL OPTIONS
                .TP
                \fB\-h\fR, \fB\-\-help\fR
                show the help of the program or of a command
                .TP
                \fB\-\-version\fR
                show the version

                """#)
    }

    @Test func `the reference escapes what Markdown would take for its own`() {
        #expect(
            awkward.commandReference() == #"""
                # t command reference

                Odd "texts".

                | command | what it does |
                | --- | --- |
                | [`odd`](#odd) | takes \\ and \| and \* |

                ## odd

                Takes \\ and \| and \*.

                    t odd [options]

                .dot in front

                'quote in front

                | parameter | meaning |
                | --- | --- |
                | `--pair a\|b` | either \<a\> or "b" |

                Examples:

                    a -b

                """#)
    }

    @Test func `both know every visible command, option and section`() {
        let manual = sample().manPage(date: "2026-05-01")
        let reference = sample().commandReference()
        for piece in ["plan [options] POOL", "lab fault [options] HOST [KIND]", "EXIT CODES"] {
            #expect(manual.contains(piece))
        }
        #expect(manual.contains("Global options it takes: \\-\\-project, \\-\\-inventory"))
        for piece in [
            "## plan\n", "## lab sign\n", "[`lab fault`](#lab-fault)", "`-i, --inventory FILE`", "## Exit codes",
            "Takes the [global options](#global-options) `--project`, `--inventory`.", "\n    64  usage\n",
        ] {
            #expect(reference.contains(piece))
        }
    }
}
