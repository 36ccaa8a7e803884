import ChildProcess
import Foundation
import Testing

/// An order that rests: the coordinator dies while it asks, or days later while it takes up the answer.
struct DropFolderTests {
    private static let resting: Int32 = 3

    @Test func `a run that was killed while it asked rests with one request`() async throws {
        let lab = try await CrashLab.up(.dropFolder)
        let boundaries = try await lab.boundaries(ending: Self.resting)
        let walked = Extent.chosen(of: boundaries)
        let began = ContinuousClock.now
        for boundary in walked {
            do {
                try await Self.ask(boundary, of: boundaries, in: lab)
            } catch {
                Issue.record(error, "boundary \(boundary)")
            }
        }
        try await lab.down()
        Extent.say("a request to a drop folder", walked.count, of: boundaries.count, since: began)
    }

    private static func ask(_ boundary: Int, of boundaries: [String], in lab: CrashLab) async throws {
        let name = "boundary \(boundary), \(boundaries[boundary - 1])"
        try lab.restore()
        let killed = try await lab.crash(at: boundary)
        #expect(killed.ending == .signalled(SIGKILL), "\(name)")
        let resumed = try await lab.certfleet("runs", "resume")
        #expect(resumed.ending == .exited(Self.resting), "\(name): \(resumed.said)")
        #expect(try lab.names("drop/public/outbox").count == 1, "\(name)")
        let signed = try await lab.sign()
        #expect(signed.ending.isSuccess, "\(name): \(signed.said)")
        let collected = try await lab.certfleet("pending", "collect")
        #expect(collected.ending == .exited(0), "\(name): \(collected.said)")
        let found = try await Findings.of(lab)
        #expect(found == [], "\(name): \(found.joined(separator: "\n"))")
    }

    @Test func `a run that was killed while it took up its answer is resumed to a good end`() async throws {
        let began = ContinuousClock.now
        let first = try await Self.answered()
        let boundaries = try await first.boundaries(words: ["pending", "collect"])
        let found = try await Findings.of(first)
        #expect(found == [], "\(found.joined(separator: "\n"))")
        let walked = Extent.chosen(of: boundaries, usual: 7)
        let queue = BoundaryQueue(walked)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<CrashCase.dropFolder.lanes {
                group.addTask {
                    let lab = lane == 0 ? first : try await Self.answered()
                    while let boundary = await queue.next() {
                        do {
                            try await Self.collect(boundary, of: boundaries, in: lab)
                        } catch {
                            Issue.record(error, "boundary \(boundary)")
                        }
                    }
                    try await lab.down()
                }
            }
            try await group.waitForAll()
        }
        Extent.say("an answer of a drop folder", walked.count, of: boundaries.count, since: began)
    }

    /// A lab whose run rests and whose clerk has answered.
    private static func answered() async throws -> CrashLab {
        let lab = try await CrashLab.up(.dropFolder)
        let asked = try await lab.crash(at: nil)
        guard asked.ending == .exited(resting) else { throw CrashLab.Problem(description: asked.said) }
        _ = try await lab.sign()
        try lab.keep(as: "answered")
        return lab
    }

    private static func collect(_ boundary: Int, of boundaries: [String], in lab: CrashLab) async throws {
        let name = "boundary \(boundary), \(boundaries[boundary - 1]) or its neighbour"
        try lab.restore("answered")
        let killed = try await lab.crash(at: boundary, words: ["pending", "collect"])
        #expect(killed.ending == .signalled(SIGKILL), "\(name)")
        let resumed = try await lab.certfleet("runs", "resume")
        #expect(resumed.ending == .exited(0), "\(name): \(resumed.said)")
        let found = try await Findings.of(lab)
        #expect(found == [], "\(name): \(found.joined(separator: "\n"))")
    }
}
