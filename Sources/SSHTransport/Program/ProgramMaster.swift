import ChildProcess
import CLinux
import Glibc
import Synchronization

/// The one connection to a bastion: an `ssh` process that signs in, goes on alone, and opens the ways of all who come to
/// its control socket (OpenSSH's `PROTOCOL.mux`).
///
/// It must not outlive us, not even when we are killed. So it is told to end when nobody has been connected to that socket
/// for some seconds (`ControlPersist`), and we are: by one connection that the system closes with our process. The same
/// connection tells us when the bastion is lost, and takes our request to end.
final class ProgramMaster: Sendable {
    /// The bastion.
    let endpoint: SSHEndpoint
    /// Those that lead to it, the one that is reached directly first.
    private let before: [ProgramMaster]
    private let folder: ProgramFolder
    /// Our connection to its socket.
    let control: Int32
    private let log: LogFile
    private let pass: AdmissionPass
    private let isEnding = Atomic(false)
    private let isGone = Atomic(false)

    /// How many of our descriptors it takes.
    static let descriptors = 2

    private init(
        _ endpoint: SSHEndpoint, behind before: [ProgramMaster], _ folder: ProgramFolder, control: Int32,
        _ log: LogFile, _ pass: AdmissionPass
    ) {
        self.endpoint = endpoint
        self.before = before
        self.folder = folder
        self.control = control
        self.log = log
        self.pass = pass
    }

    deinit {
        folder.remove()
        requestEnd()
        close(control)
    }

    // MARK: Its beginning

    /// Signs in to a bastion.
    ///
    /// - Parameters:
    ///   - before: Signed in already, the one that is reached directly first.
    ///   - linger: For how many seconds it stays when nobody is connected to its socket.
    /// - Throws: ``SSHError``, with ``SSHError/bastion`` set when it is about this one.
    static func start(
        _ hop: SSHProgram.Hop, behind before: [ProgramMaster], _ program: SSHProgram, linger: Int,
        _ admission: SSHAdmission
    ) async throws -> ProgramMaster {
        do {
            return try await program.tryingAgain(at: hop, admission) {
                try await attempt(hop, before, program, linger, admission)
            }
        } catch var error as SSHError where !error.isOfBastion {
            error.bastion = hop.endpoint.title
            throw error
        }
    }

    private static func attempt(
        _ hop: SSHProgram.Hop, _ before: [ProgramMaster], _ program: SSHProgram, _ linger: Int,
        _ admission: SSHAdmission
    ) async throws -> ProgramMaster {
        let pass = try await admission.enter(hop.endpoint.host, in: hop.endpoint.group)
        defer { pass.opened() }
        let folder = try program.folders.make(in: program.environment["TMPDIR"])
        let files = try await program.identities(hop, in: folder)
        let log = try LogFile(folder, sealed: files.sealed)
        let socket = folder.file(ProgramFolder.socketName)
        let arguments = ProgramArguments(
            configuration: program.configuration, log: log.path, identities: files.paths,
            way: before.last?.way(by: program.program))
        let command = ChildCommand(
            program.program, arguments.master(on: hop, socket: socket, linger: linger),
            environment: program.environment, output: .discarded, detached: true)
        let limit = hop.deadlines.connect + hop.deadlines.handshake + hop.deadlines.signIn
        let result: ChildResult
        do {
            result = try await command.run(limit: limit)
        } catch let error as ChildProcessError where error.code == .timedOut {
            let phase = log.read { $0.phase }
            throw SSHError(phase.late, phase.operation, "\(phase.operation) was not done within \(limit.words)")
        } catch let error as ChildProcessError {
            throw SSHProgram.notStarted(error)
        }
        guard result.ending.isSuccess else {
            let last = result.errors.text.split(separator: "\n").last.map { PeerText.clean(Array($0.utf8)[...]) } ?? ""
            throw before.failure(log.read { $0.failure(for: hop.endpoint, last: last) }, at: hop)
        }
        do {
            let control = try UnixSocket.connect(to: socket, patience: 5)
            // What lies there has been read.
            folder.removeAll(but: ProgramFolder.socketName)
            return ProgramMaster(hop.endpoint, behind: before, folder, control: control, log, pass)
        } catch {
            throw SSHError(
                .libraryFailure, "start", "the ssh program that was connected takes no other: \(error.reason)",
                number: error.number)
        }
    }

    /// For the command line of those who go through it.
    func way(by program: String) -> ProgramArguments.Way {
        ProgramArguments.Way(
            program: program, socket: folder.file(ProgramFolder.socketName), bastion: endpoint.host)
    }

    // MARK: Its life

    /// Whether nobody can go through it any more.
    var isLost: Bool { hasEnded || hasNoSocket || before.contains { $0.isLost } }

    /// Somebody who tidies up temporary files may have taken it: who is connected goes on, nobody else comes.
    private var hasNoSocket: Bool { access(folder.file(ProgramFolder.socketName), F_OK) != 0 }

    /// Whether the process has ended, and closed its side of our connection.
    private var hasEnded: Bool {
        if isGone.load(ordering: .relaxed) { return true }
        var buffer = [UInt8](repeating: 0, count: 256)
        while true {
            // Its greeting and its answers say nothing that we need.
            let count = recv(control, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 || count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return false }
            isGone.store(true, ordering: .relaxed)
            return true
        }
    }

    /// Why those behind it have lost their connection, if that is its doing.
    var loss: SSHError? {
        guard hasEnded || hasNoSocket else { return nil }
        return TunnelStream.lost(endpoint.title, log.read { $0.failure(for: endpoint) })
    }

    /// Why the bastion opened no way to `host:port`; nil when it did, or has not answered yet.
    func refusal(of target: String) -> SSHError? { log.read { $0.wayFailure(through: endpoint, to: target) } }

    // MARK: Its end

    /// Ends the process and waits until it has ended, or has let so much time pass.
    func end(within limit: Duration) async {
        requestEnd()
        _ = try? await BlockingWork.names.run { [self] in
            var waited = pollfd(fd: control, events: Int16(POLLIN), revents: 0)
            let end = ContinuousClock.now + limit
            while !hasEnded {
                let rest = ContinuousClock.now.duration(to: end)
                guard rest > .zero else { return }
                poll(&waited, 1, Int32(rest / .milliseconds(1)) + 1)
            }
        }
        folder.remove()
    }

    private func requestEnd() {
        guard !isEnding.exchange(true, ordering: .relaxed) else { return }
        // MUX_MSG_HELLO with the protocol's version, MUX_C_TERMINATE with a number for the request.
        let words: [[UInt32]] = [[8, 0x0000_0001, 4], [8, 0x1000_0005, 0]]
        let bytes = words.flatMap { $0 }.flatMap { WireReader.number(Int($0)) }
        _ = send(control, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
}

extension [ProgramMaster] {
    /// What is said when something behind these has failed: that one of them is lost or opened no way, or what it seemed.
    func failure(_ own: SSHError, at hop: SSHProgram.Hop) -> SSHError {
        // What the host itself has said stands; that the line went away, or never came up, may be a bastion's doing.
        let mayBeOfBastion: [SSHError.Code] = [
            .connectionLost, .turnedAway, .handshakeFailed, .libraryFailure, .timedOut, .handshakeTimedOut,
            .unresponsive,
        ]
        guard let last, mayBeOfBastion.contains(own.code) else { return own }
        // The outermost first: what fails there makes all that is behind it fail.
        for master in self { if let loss = master.loss { return loss } }
        let target = "\(hop.endpoint.host):\(hop.endpoint.port)"
        if let refusal = last.refusal(of: target) { return refusal }
        guard own.code == .handshakeTimedOut else { return own }
        return SSHError(
            .timedOut, "open tunnel",
            "\(target) does not answer behind the bastion \(last.endpoint.title) within \(hop.deadlines.connect.words)",
            hint: StreamSocket.firewallHint)
    }
}

/// The log of a process that outlives its folder's names: read on from where it was read last.
private final class LogFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let log: Mutex<ProgramLog>

    init(_ folder: ProgramFolder, sealed: [String]) throws {
        log = Mutex(ProgramLog(sealed: sealed))
        path = try folder.write("", to: "log")
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SSHError(.libraryFailure, "start", "no log: \(errorText(errno))", number: errno)
        }
    }

    deinit { close(descriptor) }

    /// A small file, and nearly always in memory.
    func read<Value: Sendable>(_ body: (ProgramLog) -> Value) -> Value {
        log.withLock { log in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                log.append(Array(buffer[..<count]))
            }
            return body(log)
        }
    }
}
