import Certificates
import FleetModel
import FoundationEssentials
import Glibc
import SSHTransport

/// Does one unit of work on all hosts at once, with the transport that certfleet has, and says how many went well.
@main
struct Bench {
    static func main() async {
        ProcessMemory.shareHeap()
        do {
            let arguments = try BenchArguments(Array(CommandLine.arguments.dropFirst()))
            let failures = try await run(arguments)
            for text in failures.prefix(5) { report(text) }
            print("OK=\(arguments.hosts.count - failures.count) FAIL=\(failures.count)")
            exit(failures.isEmpty ? 0 : 1)
        } catch let problem as BenchArguments.Problem {
            report(problem.text)
        } catch {
            report("\(error)")
        }
        exit(64)
    }

    private static func report(_ text: String) {
        let line = Array("certfleet-bench: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    private static func run(_ arguments: BenchArguments) async throws -> [String] {
        let key = try SSHPrivateKey(file: Secret(try BenchArguments.file(arguments.key)))
        let visit = try Visit(arguments, key: key)
        let workers = try SSHWorkers(
            count: arguments.workers, sessions: OpenFiles.connections(under: OpenFiles.raise()))
        return await withTaskGroup(of: String?.self) { group in
            var failures: [String] = []
            var running = 0
            for host in arguments.hosts {
                if let limit = arguments.atOnce, running >= limit, let ended = await group.next() {
                    running -= 1
                    if let ended { failures.append(ended) }
                }
                running += 1
                let worker = workers.next()
                group.addTask(executorPreference: worker) { await visit.failure(of: host, on: worker) }
            }
            for await ended in group { if let ended { failures.append(ended) } }
            return failures
        }
    }
}

/// From the connection to the goodbye. One for all hosts: a value would be copied into the task of each.
final class Visit: Sendable {
    let arguments: BenchArguments
    let hostKeys: HostKeyPolicy
    let authentication: [SSHAuthentication]
    let work: HostWork
    let meeting: Meeting?

    init(_ arguments: BenchArguments, key: SSHPrivateKey) throws {
        self.arguments = arguments
        hostKeys = try HostKeyPolicy(files: [arguments.knownHosts])
        authentication = [.held(publicKey: key.publicKey) { try key.sign($0) }]
        work = HostWork(arguments)
        meeting = arguments.together ? Meeting(of: arguments.hosts.count) : nil
    }

    nonisolated(nonsending) func failure(of host: String, on worker: SSHWorker) async -> String? {
        do {
            let session = try await SSHClient.connect(
                to: SSHEndpoint(host: host, port: arguments.port, user: arguments.user),
                addresses: try await SSHAddress.resolve(host, port: arguments.port), hostKeys: hostKeys,
                authentication: authentication, deadlines: Self.deadlines, on: worker)
            do {
                await meeting?.arrive()
                try await work.run(on: session, host: host)
            } catch {
                await session.close()
                throw error
            }
            await session.close()
            return nil
        } catch {
            return "\(host): \(error)"
        }
    }

    /// One machine plays all the hosts: what is overloaded here is not the network.
    private static let deadlines = SSHDeadlines(
        connect: .seconds(300), handshake: .seconds(300), signIn: .seconds(300), channel: .seconds(300))
}
