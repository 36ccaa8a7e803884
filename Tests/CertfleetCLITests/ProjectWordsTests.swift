import Testing

@testable import CertfleetCLI

struct ProjectWordsTests {
    @Test(arguments: [
        (["--project", "demo", "renew"], "  hint: certfleet --project demo runs resume\n"),
        (["renew", "--project=my demo"], "  hint: certfleet --project 'my demo' runs resume\n"),
        (["-i", "it's.yml", "renew"], #"  hint: certfleet -i 'it'\''s.yml' runs resume"# + "\n"),
        (["renew"], "  hint: certfleet runs resume\n"),
        (["names", "--", "--project", "x"], "  hint: certfleet runs resume\n"),
    ])
    func `a command that words name can be typed as it stands`(given: [String], words: String) {
        #expect(ProjectWords(given: given).filled("  hint: certfleet runs resume\n") == words)
    }

    @Test func `each one is filled in, commands without a project and other words are not`() {
        let project = ProjectWords(given: ["--project", "p", "status"])
        #expect(
            project.filled(
                "certfleet plan, or: certfleet apply X; certfleet explain 3; CN=certfleet plan; notcertfleet plan")
                == "certfleet --project p plan, or: certfleet --project p apply X; certfleet explain 3; CN=certfleet plan; notcertfleet plan"
        )
    }
}
