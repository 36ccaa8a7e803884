import CertfleetCLI
import FleetModel
import Foundation
import Glibc

// `certfleet`, with a journal that kills the process at a chosen boundary. The lab is brought up by the real program;
// only the command that changes servers is run by this one.
do {
    let request = try CrashRequest(Array(CommandLine.arguments.dropFirst()))
    let surroundings = Surroundings(
        now: { Date(timeIntervalSinceNow: request.later) },
        journal: { CrashingJournal($0, at: request.moment, list: request.list) })
    exit(await CertfleetProgram.run(request.words, surroundings: surroundings))
} catch {
    let words = Array("\(error)\n".utf8)
    _ = write(STDERR_FILENO, words, words.count)
    exit(64)
}
