import FleetModel
import TestSupport
import Testing

@testable import CertfleetCLI

@Suite(.timeLimit(.minutes(1))) struct PasswordTrialsTests {
    private let account = PasswordTrials.Account(user: "svc", secret: "admin-password")

    @Test func `one host tries, and when it is refused the others never show the password`() async throws {
        let trials = PasswordTrials(clock: ManualClock())
        try await trials.permit(account, on: "fe01")
        let others = (2...50).map { number in Task { try await trials.permit(account, on: "fe\(number)") } }
        await trials.ended(account, on: "fe01", .refused)
        for other in others {
            let fault = await #expect(throws: Fault.self) { try await other.value }
            #expect(fault?.code == "ssh.password-withheld")
            #expect(
                fault?.message
                    == "the password of svc was refused on fe01 and is not tried here, lest the account be locked")
        }
        await #expect(throws: Fault.self) { try await trials.permit(account, on: "late") }
        try await trials.permit(.init(user: "other", secret: "admin-password"), on: "late")
    }

    @Test func `once accepted it is offered to all, whatever one of them says later`() async throws {
        let trials = PasswordTrials(clock: ManualClock())
        try await trials.permit(account, on: "fe01")
        let other = Task { try await trials.permit(account, on: "fe02") }
        await trials.ended(account, on: "fe01", .accepted)
        try await other.value
        await trials.ended(account, on: "fe02", .refused)
        try await trials.permit(account, on: "fe03")
    }

    @Test func `a host that comes to no end hands the trial on`() async throws {
        let clock = ManualClock()
        let trials = PasswordTrials(patience: .seconds(10), clock: clock)
        try await trials.permit(account, on: "fe01")
        let second = Task { try await trials.permit(account, on: "fe02") }
        await trials.ended(account, on: "fe01", .undecided)
        try await second.value
        let third = Task { try await trials.permit(account, on: "fe03") }
        while clock.sleepers < 2 { await Task.yield() }
        clock.advance(by: .seconds(10))
        try await third.value
    }

    @Test func `a host that signed in by another way says nothing about the password`() async throws {
        let trials = PasswordTrials(clock: ManualClock())
        await trials.ended(account, on: "fe01", .refused)
        try await trials.permit(account, on: "fe02")
    }

    @Test func `who is cancelled while waiting leaves`() async throws {
        let trials = PasswordTrials(clock: ManualClock())
        try await trials.permit(account, on: "fe01")
        let other = Task { try await trials.permit(account, on: "fe02") }
        other.cancel()
        await #expect(throws: CancellationError.self) { try await other.value }
        await trials.ended(account, on: "fe01", .undecided)
        try await trials.permit(account, on: "fe03")
    }
}
