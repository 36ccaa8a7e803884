import ChildProcess

/// The second door: the system's own `ssh` program, for servers that the library shares no algorithm with, and for what
/// it does not know (GSSAPI, certificates).
///
/// One process for each command, and one for each bastion (``ProgramMaster``), which all commands behind it share. To
/// share a process among the commands of a host would gain nothing, since hosts have one each here: measured on loopback
/// with 20 hosts, 2.6 MiB and 94 ms of processor time for a host instead of 1.5 MiB and 89 ms. What is not said here, the
/// user's ssh configuration says. No secret can be handed to it: what asks for a password or passphrase is refused.
///
/// Copies share their bastions. Whoever made it ends them with ``close()``.
package struct SSHProgram: Sendable {
    /// A name that is looked up in the environment's `PATH`, or an absolute path.
    package var program: String
    /// The environment of the program: `HOME`, `PATH`, `SSH_AUTH_SOCK`, `KRB5CCNAME`, ….
    package var environment: [String: String]
    /// A configuration file in place of the user's and the system's; `none` for no file at all; nil: those.
    package var configuration: String?
    let masters = ProgramMasters()
    let folders = ProgramFolders()
    /// For how many seconds a bastion's process outlives the last that knows of it: time enough to begin to use it.
    var linger = 10

    /// Nothing is started yet; whether the program is there shows when it is first needed.
    package init(program: String = "ssh", environment: [String: String], configuration: String? = nil) {
        self.program = program
        self.environment = environment
        // Its words are read here.
        self.environment["LC_ALL"] = "C"
        self.configuration = configuration
    }

    /// How many of our descriptors a command takes: three streams, a handle of the process, and its log.
    package static let descriptors = 5

    /// A key to sign in with.
    package enum Key: Hashable, Sendable {
        /// A private key file, without a passphrase or held by the agent too.
        case file(String)
        /// The agent's key with this fingerprint (`SHA256:…`), or all it has.
        case agent(fingerprint: String?)
        /// No key: a Kerberos ticket.
        case gssapi
    }

    /// A host, or a bastion before it.
    package struct Hop: Hashable, Sendable {
        /// Whose key is pinned, where it is, and who signs in.
        package var endpoint: SSHEndpoint
        /// Files of pinned host keys. Those of the whole system count too.
        package var knownHosts: [String]
        /// Tried in this order; none: what the configuration says.
        package var keys: [Key]
        /// How long each phase of it may take.
        package var deadlines: SSHDeadlines

        /// Keys are offered in the order given.
        package init(
            _ endpoint: SSHEndpoint, knownHosts: [String], keys: [Key], deadlines: SSHDeadlines = SSHDeadlines()
        ) {
            self.endpoint = endpoint
            self.knownHosts = knownHosts
            self.keys = keys
            self.deadlines = deadlines
        }
    }

    /// Connects, checks the host's key, signs in, starts a command.
    ///
    /// It waits and tries again as ``SSHClient/connect(to:addresses:hostKeys:authentication:deadlines:on:)`` does. When a
    /// bastion turns out to be lost, or opens no way, a fresh connection to it is tried, once.
    ///
    /// - Parameters:
    ///   - bastions: On the way, the one that is reached directly first. One connection to each is shared by all.
    ///   - worker: The thread that will carry the command's bytes.
    /// - Throws: ``SSHError`` with the same codes as the first door, and `noProgram`; ``SSHError/bastion`` is set when it
    ///   is about one of them.
    package nonisolated(nonsending) func run(
        _ command: String, on host: Hop, through bastions: [Hop] = [], worker: SSHWorker
    ) async throws -> SSHProgramChannel {
        try await withTaskExecutorPreference(worker) {
            try await behind(bastions, worker) { way in
                try await tryingAgain(at: host, worker.admission) { try await attempt(command, host, way, worker) }
            }
        }
    }

    /// Fetches a host's public keys, one of each kind it has, without signing in and without accepting any of them.
    ///
    /// - Throws: As ``run(_:on:through:worker:)``; a server that shows at least one key is not an error.
    package nonisolated(nonsending) func hostKeys(
        of host: Hop, through bastions: [Hop] = [], worker: SSHWorker
    ) async throws -> [HostKey] {
        try await withTaskExecutorPreference(worker) {
            try await behind(bastions, worker) { try await keys(of: host, $0, worker) }
        }
    }

    /// Ends the connections to bastions, and waits for their end. Nothing goes through a bastion any more.
    package func close() async { await masters.close() }

    /// Does something behind bastions that are signed in to.
    private nonisolated(nonsending) func behind<Value>(
        _ bastions: [Hop], _ worker: SSHWorker, _ body: ([ProgramMaster]) async throws -> Value
    ) async throws -> Value {
        var isSecond = false
        while true {
            var way: [ProgramMaster] = []
            do {
                way = try await masters.way(through: bastions) { [self, admission = worker.admission] hop, before in
                    try await ProgramMaster.start(hop, behind: before, self, linger: linger, admission)
                }
                return try await body(way)
            } catch let error as SSHError where error.isOfBastion && !isSecond {
                // One that is lost is seen to be; one that opens nothing has to be put aside.
                if error.code == .bastionRefuses, let last = way.last { await masters.drop(last) }
                isSecond = true
            }
        }
    }

    /// Tries a server that sheds connections again, ever more slowly, until its connect deadline.
    nonisolated(nonsending) func tryingAgain<Value>(
        at hop: Hop, _ admission: SSHAdmission, _ attempt: () async throws -> Value
    ) async throws -> Value {
        let clock = ContinuousClock()
        var backOff = BackOff(within: hop.deadlines.connect)
        var silences = 0
        while true {
            let began = clock.now
            do {
                return try await attempt()
            } catch let error as SSHError where error.mayBeShed {
                admission.wasShed(by: hop.endpoint.host)
                if error.code != .tooManyConnections { silences += 1 }
                let chance = Double.random(in: 0...1)
                guard silences <= 2, let pause = backOff.next(spent: began.duration(to: clock.now), chance: chance)
                else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    private nonisolated(nonsending) func attempt(
        _ command: String, _ host: Hop, _ way: [ProgramMaster], _ worker: SSHWorker
    ) async throws -> SSHProgramChannel {
        let run = try await start(command, host, way, worker)
        do {
            try await run.signedIn()
        } catch {
            _ = await run.close()
            throw error
        }
        return SSHProgramChannel(run)
    }

    private nonisolated(nonsending) func keys(
        of host: Hop, _ way: [ProgramMaster], _ worker: SSHWorker
    ) async throws -> [HostKey] {
        let kinds = [
            "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "rsa-sha2-512,rsa-sha2-256",
        ]
        var keys: [HostKey] = []
        var last: SSHError?
        for kind in kinds {
            let folder = try folders.make(in: environment["TMPDIR"])
            let run = try await start("true", host, way, worker) { $0.look = (kind, folder.file("seen")) }
            do { try await run.signedIn() } catch { last = error as? SSHError }
            // Before the folder goes.
            keys += folder.lines("seen").compactMap { KnownHostLine($0[...], file: "seen", number: 1)?.key }
            _ = await run.close()
            if let last, ![.authenticationFailed, .noMethod, .noCommonAlgorithm].contains(last.code) { break }
        }
        if keys.isEmpty { throw last ?? SSHError(.protocolViolated, "host key", "the host showed no key") }
        return keys
    }

    private nonisolated(nonsending) func start(
        _ command: String, _ host: Hop, _ way: [ProgramMaster], _ worker: SSHWorker,
        changing change: (inout ProgramArguments) -> Void = { _ in }
    ) async throws -> ProgramRun {
        let pass = try await worker.admission.enter(host.endpoint.host, in: host.endpoint.group)
        let folder = try folders.make(in: environment["TMPDIR"])
        let files = try await identities(host, in: folder)
        let log = try folder.makePipe("log")
        var arguments = ProgramArguments(
            configuration: configuration, log: log.path, identities: files.paths, way: way.last?.way(by: program))
        change(&arguments)
        let words = arguments.command(command, on: host)
        return try await ProgramRun.start(self, words, host, way, files.sealed, folder, log.end, pass, worker)
    }

    static func notStarted(_ error: ChildProcessError) -> SSHError {
        SSHError(
            .noProgram, "start", "the system's ssh program cannot be started: \(error.message)",
            number: error.number, hint: "install OpenSSH's client, or leave out transport: ssh")
    }

    /// The files that name the keys to offer, and which of them are encrypted. Of a key in the agent that is its public
    /// half, put into the folder.
    nonisolated(nonsending) func identities(
        _ hop: Hop, in folder: ProgramFolder
    ) async throws -> (paths: [String], sealed: [String]) {
        var files: [String] = []
        var sealed: [String] = []
        for key in hop.keys {
            switch key {
            case .file(let path):
                do {
                    // It says nothing that could be told from a refusal.
                    var bytes = try await BlockingWork.keys.run { try SmallFile.read(path, limit: 1 << 16) }
                    if PrivateKeyFile(bytes)?.isEncrypted == true { sealed.append(path) }
                    _ = SecretBytes(wiping: &bytes)
                } catch let error as FileProblem {
                    if hop.keys.count == 1 {
                        throw SSHError(
                            .keyUnusable, "sign-in",
                            "cannot sign in as \(hop.endpoint.user): key \(path): \(error.reason)")
                    }
                    continue
                }
                files.append(path)
            case .agent(let fingerprint?):
                guard let socket = environment["SSH_AUTH_SOCK"] else { continue }
                let held = try await SSHAgent(socket: socket).keys().first { $0.fingerprint == fingerprint }
                guard let held else { continue }
                files.append(
                    try folder.write("\(held.type) \(Base64.encode(held.blob))\n", to: "key\(files.count).pub"))
            case .agent(nil), .gssapi: break
            }
        }
        return (files, sealed)
    }
}
