import ChildProcess
import Foundation
import Testing

@testable import SSHTransport

/// A network that swallows packets, in a namespace of its own: a device that nothing is behind.
private enum Hole {
    static let address = "192.0.2.7"
    static let mark = "CERTFLEET_BLACK_HOLE"
    static let isHere = ProcessInfo.processInfo.environment[mark] != nil

    /// Runs a program there; it may do nothing elsewhere, and leaves nothing behind.
    static func run(_ words: [String]) async throws -> ChildResult {
        let script = """
            ip tuntap add dev hole mode tun && ip address add 192.0.2.1/24 dev hole && ip link set hole up || exit 99
            exec "$@"
            """
        let environment = ProcessInfo.processInfo.environment.merging([mark: "1"]) { $1 }
        return try await ChildCommand(
            "/usr/bin/unshare", ["--map-root-user", "--net", "/bin/sh", "-c", script, "sh"] + words,
            environment: environment
        ).run(limit: .seconds(60))
    }
}

@Suite(.timeLimit(.minutes(2))) struct BlackHoleTests {
    private static let reason: Comment =
        "no network namespace is allowed here: the full listener of the fault table stands in for it"

    @Test(.enabled(reason) { ((try? await Hole.run(["/bin/true"]))?.ending.isSuccess) ?? false })
    func `in a network that swallows packets a host is given up at its deadline`() async throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let result = try await Hole.run([tests, "--testing-library", "swift-testing", "--filter", "InsideTheHole"])
        let text = result.output.text + result.errors.text
        #expect(result.ending.isSuccess, "\(text)")
        #expect(text.contains("1 test"), "\(text)")
        print("F1: in a network namespace")
    }
}

/// Only inside.
@Suite(.timeLimit(.minutes(1))) struct InsideTheHole {
    @Test(.enabled(if: Hole.isHere, "it belongs inside the namespace"))
    func `a host behind nothing does not answer within its deadline, and others give up beside it`() async throws {
        let worker = try kept(SSHWorker())
        let limit = Duration.milliseconds(700)
        let addresses = try await SSHAddress.resolve(Hole.address, port: 22)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask(executorPreference: worker) {
                    let start = ContinuousClock.now
                    let error = await #expect(throws: SSHError.self) {
                        _ = try await SSHClient.connect(
                            to: SSHEndpoint(host: Hole.address, port: 22, user: "nobody"), addresses: addresses,
                            hostKeys: HostKeyPolicy(text: "", file: ""), authentication: [],
                            deadlines: SSHDeadlines(connect: limit), on: worker)
                    }
                    #expect(error?.code == .timedOut)
                    #expect(error?.message == "192.0.2.7:22 does not answer within 700 ms")
                    #expect(error?.hint == "check that the host is up and that no firewall drops the connection")
                    #expect(start.duration(to: .now) >= limit)
                }
            }
        }
    }
}
