import FleetModel
import Testing

@testable import Running

@Suite struct ExitCodeTests {
    private func code(
        _ kinds: [Fault.Kind], untouched: Bool = false, resting: Bool = false, stopped: Bool = false
    ) -> ExitCode {
        var result = PoolResult(faults: kinds.map { Fault("some", $0, "words") })
        (result.untouched, result.resting, result.stopped) = (untouched, resting, stopped)
        return result.exitCode
    }

    @Test func `the strongest reason decides how a pool ends`() {
        #expect(code([]) == .done)
        #expect(code([], resting: true) == .waiting)
        #expect(code([.unreachable]) == .unreachable)
        #expect(code([.unreachable, .failed]) == .failed)
        #expect(code([.lost]) == .failed)
        #expect(code([.failed], resting: true) == .failed)
        #expect(code([.unreachable], untouched: true) == .guarded)
        #expect(code([.guarded]) == .guarded)
        #expect(code([.failed], untouched: true, stopped: true) == .interrupted)
        #expect(code([.interrupted]) == .interrupted)
        #expect(code([.state, .interrupted]) == .cannotWriteState)
    }
}
