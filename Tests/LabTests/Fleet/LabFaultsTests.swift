import Testing

@testable import Lab

struct LabFaultsTests {
    let scratch: ScratchFolder
    let path: String

    init() async throws {
        scratch = try ScratchFolder()
        path = scratch.path + "/lab"
        try await LabFleet.create(in: path, from: SampleFleet.pair())
    }

    private func refusal(
        _ fault: String, _ host: String = "fe01", at step: String? = nil, times: Int? = nil
    ) async -> LabError? {
        await #expect(throws: LabError.self) {
            try await LabFaults.set(fault, on: host, at: step, times: times, steps: ["assign", "import"], folder: path)
        }
    }

    @Test func `an unknown host, fault or step is answered with those that there are`() async {
        #expect(await refusal("late", "fe9")?.hint == "its hosts: fe01, edge01")
        #expect(
            await refusal("slow")?.hint
                == "faults: refused, no-hello, cut-before, cut-after, cmdlet-error, late, replica-late, "
                + "replica-stuck, disk-full")
        #expect(await refusal("late", at: "asign")?.hint == "steps: assign, import")
        #expect(await refusal("late", times: 0) != nil)
        #expect(await refusal("refused", times: 2) != nil)
    }

    @Test func `a fault waits in the host's folder for its step`() async throws {
        try await LabFaults.set("cut-after", on: "fe01", at: "assign", times: 1, steps: ["assign"], folder: path)
        let faults = HostState(folder: path + "/hosts/fe01").faults
        #expect(try faults.all() == [FaultEntry(.cutAfter, step: "assign", times: 1)])
        try await LabFaults.clear(host: "fe01", folder: path)
        #expect(try faults.all().isEmpty)
    }
}
