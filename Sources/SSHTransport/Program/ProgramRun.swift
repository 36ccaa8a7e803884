import ChildProcess
import Glibc

/// One `ssh` process at work. All of it is done on its worker.
///
/// Its outputs are read all the time, up to 4 MiB that nobody has taken, and its log always.
actor ProgramRun {
    nonisolated let worker: SSHWorker
    nonisolated var unownedExecutor: UnownedSerialExecutor { worker.asUnownedSerialExecutor() }

    let host: SSHProgram.Hop
    /// The bastions that lead to it, which stay as long as this does.
    let way: [ProgramMaster]
    private var deadlines: SSHDeadlines { host.deadlines }
    private let child: RunningChild
    private let input: ProgramPipe
    private let folder: ProgramFolder
    private var pass: AdmissionPass?
    private var pipes: [ProgramPipe] = []
    /// Rung at every change of what is below.
    private let bell = SocketReadiness(token: 0, descriptor: -1)
    private(set) var log: ProgramLog
    private var pending: [SSHOutput] = []
    private var pendingBytes = 0
    /// The end of its standard error.
    private(set) var lastErrors: [UInt8] = []
    private var pumps = 0
    private(set) var ending: ChildEnding?
    private var isWriting = false
    private var isClosed = false
    private var nextNumber: UInt64 = 0

    private static let pendingLimit = 4 << 20

    static func start(
        _ program: SSHProgram, _ arguments: [String], _ host: SSHProgram.Hop, _ way: [ProgramMaster],
        _ sealed: [String], _ folder: ProgramFolder, _ log: Int32, _ pass: AdmissionPass, _ worker: SSHWorker
    ) async throws -> ProgramRun {
        let (input, childInput) = try ProgramPipe.pair(forInput: true)
        let (output, childOutput) = try ProgramPipe.pair(forInput: false)
        let (errors, childErrors) = try ProgramPipe.pair(forInput: false)
        defer { for end in [childInput, childOutput, childErrors] { Glibc.close(end) } }
        let child: RunningChild
        do {
            child = try RunningChild.start(
                // Away from our terminal, whose Ctrl-C is for us: we say when a command ends.
                ChildCommand(
                    program.program, arguments, environment: program.environment, input: .descriptor(childInput),
                    output: .descriptor(childOutput), errors: .descriptor(childErrors), detached: true))
        } catch let error as ChildProcessError {
            for end in [input, output, errors, log] { Glibc.close(end) }
            throw SSHProgram.notStarted(error)
        }
        let run = try ProgramRun(
            host, way, child, input: try ProgramPipe(input, on: worker), ProgramLog(sealed: sealed), folder, pass,
            worker)
        do {
            try await run.begin([output, errors, log])
        } catch {
            _ = await run.close()
            throw error
        }
        return run
    }

    private init(
        _ host: SSHProgram.Hop, _ way: [ProgramMaster], _ child: RunningChild, input: ProgramPipe,
        _ log: ProgramLog, _ folder: ProgramFolder, _ pass: AdmissionPass, _ worker: SSHWorker
    ) throws {
        self.host = host
        self.way = way
        self.child = child
        self.input = input
        self.log = log
        self.folder = folder
        self.pass = pass
        self.worker = worker
    }

    /// - Parameter ends: Of its output, its errors and its log.
    private func begin(_ ends: [Int32]) throws {
        for (index, descriptor) in ends.enumerated() {
            let pipe = try ProgramPipe(descriptor, on: worker)
            pipes.append(pipe)
            pumps += 1
            Task(executorPreference: worker) { await self.pump(index) }
        }
        let child = child
        Task(executorPreference: worker) {
            let result = await child.wait()
            await self.ended(result.ending)
        }
    }

    // MARK: What comes

    /// - Parameter index: 0 for its output, 1 for its errors, 2 for its log.
    private func pump(_ index: Int) async {
        let pipe = pipes[index]
        reading: while true {
            let seen = pipe.readiness.changes
            switch pipe.read() {
            case .bytes(let bytes): take(bytes, index)
            case .end: break reading
            case .again:
                // What it wrote is here. Others may still hold the pipe: those that led to it.
                if ending != nil { break reading }
                await wait(for: pipe.readiness, since: seen)
            }
            while index < 2, pendingBytes >= Self.pendingLimit, !isClosed {
                await wait(for: bell, since: bell.changes)
            }
        }
        pipe.close()
        pumps -= 1
        bell.wakeAll()
    }

    private func take(_ bytes: [UInt8], _ index: Int) {
        if index == 2 {
            log.append(bytes)
        } else if !isClosed {
            pending.append(index == 0 ? .output(bytes) : .errors(bytes))
            pendingBytes += bytes.count
            if index == 1 { lastErrors = Array((lastErrors + bytes.suffix(512)).suffix(512)) }
        }
        bell.wakeAll()
    }

    private func ended(_ ending: ChildEnding) {
        self.ending = ending
        bell.wakeAll()
        for pipe in pipes { pipe.readiness.wakeAll() }
    }

    /// Whether nothing more can come.
    var isOver: Bool { ending != nil && pumps == 0 }

    // MARK: What it means

    /// Waits until the server has let us in.
    func signedIn() async throws {
        let limit = deadlines.connect + deadlines.handshake + deadlines.signIn
        let deadline = Deadline(limit, on: worker, waking: bell)
        while true {
            let seen = bell.changes
            if log.phase == .command {
                pass?.opened()
                // Everybody has opened what lies in it by now.
                folder.remove()
                return
            }
            if isOver { throw failure() }
            try Task.checkCancellation()
            if deadline.hasPassed {
                let operation = log.phase.operation
                throw SSHError(log.phase.late, operation, "\(operation) was not done within \(limit.words)")
            }
            await change(of: bell, since: seen)
        }
    }

    // MARK: SSHCommand

    func read() async throws -> SSHOutput {
        if isClosed { throw SSHError(.channelClosed, "read", "the channel is closed") }
        while true {
            let seen = bell.changes
            if isClosed { return .end }
            if let output = takePending() { return output }
            if isOver {
                if hasEndedInOrder { return .end }
                throw failure()
            }
            try Task.checkCancellation()
            await change(of: bell, since: seen)
        }
    }

    private func takePending() -> SSHOutput? {
        guard !pending.isEmpty else { return nil }
        let first = pending.removeFirst()
        switch first {
        case .output(let bytes), .errors(let bytes): pendingBytes -= bytes.count
        case .end: break
        }
        bell.wakeAll()
        return first
    }

    func write(_ bytes: [UInt8]) async throws {
        while isWriting {
            let seen = bell.changes
            try Task.checkCancellation()
            await change(of: bell, since: seen)
        }
        isWriting = true
        defer {
            isWriting = false
            bell.wakeAll()
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let seen = input.readiness.changes
            try Task.checkCancellation()
            if isClosed { throw SSHError(.channelClosed, "write", "the channel is closed") }
            guard let count = input.write(rest) else { throw await writingFailure() }
            rest = rest.dropFirst(count)
            if count == 0 { await change(of: input.readiness, since: seen) }
        }
    }

    /// The program has closed its input: it is about to end, or the command takes no more.
    private func writingFailure() async -> SSHError {
        let deadline = Deadline(.seconds(1), on: worker, waking: bell)
        while !isOver, !deadline.hasPassed {
            let seen = bell.changes
            await change(of: bell, since: seen)
            if Task.isCancelled { break }
        }
        if isOver, !hasEndedInOrder { return failure() }
        return SSHError(.channelClosed, "write", "the command takes no more input")
    }

    func closeInput() throws {
        if isClosed { throw SSHError(.channelClosed, "close input", "the channel is closed") }
        input.endWriting()
    }

    func close() async -> SSHExit? {
        guard !isClosed else { return nil }
        let exit = exit
        isClosed = true
        pending = []
        pendingBytes = 0
        bell.wakeAll()
        input.close()
        child.terminate()
        let deadline = Deadline(deadlines.close, on: worker, waking: bell)
        var isKilled = false
        while !isOver {
            let seen = bell.changes
            if deadline.hasPassed, !isKilled {
                isKilled = true
                child.kill()
            }
            await wait(for: bell, since: seen)
        }
        pass = nil
        folder.remove()
        return exit
    }

    // MARK: Facts

    var serverVersion: String { log.serverVersion }
    var acceptedMethod: String { log.acceptedMethod }
    var hostKey: String? { log.hostKey }

    // MARK: Waiting

    private func change(of readiness: SocketReadiness, since seen: Int) async {
        nextNumber += 1
        let id = nextNumber
        await withTaskCancellationHandler {
            await self.wait(for: readiness, since: seen, id: id)
        } onCancel: { [worker] in
            worker.run { readiness.wake(id) }
        }
    }

    private func wait(for readiness: SocketReadiness, since seen: Int, id: UInt64 = 0) async {
        await withUnsafeContinuation {
            worker.checkIsolated()
            readiness.add($0, id: id, seen: seen)
        }
    }
}
