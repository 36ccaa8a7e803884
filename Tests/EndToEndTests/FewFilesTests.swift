import TestSupport
import Testing

/// A machine that lets a process open few files, and more hosts than fit.
@Suite struct FewFilesTests {
    @Test func `with few open files the hosts take turns, none is missed, and the limit is named`() async throws {
        try await LabProject.up { lab in
            func withFewFiles(_ words: String...) async throws -> ProgramResult {
                try await BuiltProgram.run(
                    "/bin/sh",
                    ["-c", "ulimit -n 100 && exec \"$@\"", "sh", BuiltProgram.path, "--project", lab.path] + words,
                    environment: lab.environment, folder: lab.path)
            }
            let all = try await lab.run("status", "--json")
            let few = try await withFewFiles("status", "--json")
            // They differ in the moment at which they were taken, and in nothing else of this length.
            #expect(few.output.count == all.output.count, "\(few)")
            #expect(few.output.contains("\"host\" : \"um13b\""), "\(few)")
            #expect(few.code == all.code)
            let note = """
                note: 13 hosts, and with 100 open files 7 of them fit at once; the others wait
                hint: ulimit -n 116, or LimitNOFILE= of the service
                """
            #expect(few.errors.hasPrefix(note), "\(few)")
            #expect(!all.errors.contains("ulimit"))
            let renewal = try await withFewFiles("renew", "--yes")
            #expect(renewal.code == 0, "\(renewal)")
            let again = try await lab.run("renew", "--yes")
            #expect(again.errors.contains("nothing is due"), "\(again)")
        }
    }
}
