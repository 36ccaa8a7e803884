import AgentProtocol
import FleetModel
import FoundationEssentials
import Glibc

/// One conversation of the agent protocol, as the agent holds it: one loop, one event at a time.
struct HostConversation {
    let host: LabHost
    let state: HostState
    let identity: HostIdentity
    let channel: HostChannel
    var scanner = LineScanner()
    var opening = Opening()
    var start: StartLine?
    var mutex: HostMutex?
    /// The running call: what a second one is told.
    var running: RunningCall?
    var blobs: [String: Data] = [:]
    var snapins: Set<String> = []
    var madeFolders: Set<String> = []
    var heard = ContinuousClock.now
    /// The fault `no-hello`: it listens, and says nothing.
    var mute = false
    /// The line is cut or has ended; the running call's time is being counted.
    var ending = false
    /// The line was cut by a fault, so the grace runs its full time.
    var cutting = false
    var finished = false
    /// What helps beside the loop: watchdog, limits, the grace.
    var helpers: [Task<Void, Never>] = []

    struct RunningCall {
        var id: String
        var task: Task<Void, Never>
        var started: ContinuousClock.Instant
        var why: String?
    }

    init(host: LabHost, state: HostState, identity: HostIdentity, channel: HostChannel) {
        self.host = host
        self.state = state
        self.identity = identity
        self.channel = channel
    }

    /// Talks until the end.
    ///
    /// - Returns: The exit code.
    mutating func run() async -> Int32 {
        channel.start(
            transcript: identity.transcripts.flatMap {
                Transcript(folder: $0, host: identity.name, now: host.timing.now())
            })
        var code: Int32?
        for await event in channel.events {
            code = await handle(event)
            if code != nil { break }
        }
        finish()
        return code ?? AgentExit.inputEnded.rawValue
    }

    private mutating func handle(_ event: HostEvent) async -> Int32? {
        switch event {
        case .bytes(let bytes):
            guard !ending else { return nil }
            return await take(bytes)
        case .ended: return end()
        case .graceOver: return AgentExit.inputEnded.rawValue
        case .called(let outcome): return called(outcome)
        case .progress(let id, let milliseconds):
            guard running?.id == id else { return nil }
            say(.progress(id: id, text: "working", status: "slowly", percent: -1, milliseconds: milliseconds))
        case .overdue(let id): stop("limit", id: id)
        case .quiet:
            guard let start, !ending, ContinuousClock.now - heard >= start.silence else { return nil }
            return AgentExit.silence.rawValue
        }
        return nil
    }

    private mutating func take(_ bytes: [UInt8]) async -> Int32? {
        let lines: [[UInt8]]
        do {
            lines = try scanner.feed(bytes)
        } catch {
            channel.complain("\(error)\r\n")
            return AgentExit.scriptDoesNotParse.rawValue
        }
        for line in lines {
            heard = ContinuousClock.now
            if start == nil {
                if let code = await open(line) { return code }
            } else if !mute, !ending, let code = take(line: line) {
                return code
            }
        }
        return nil
    }

    func say(_ frame: AgentFrame) {
        guard let start, !ending, let bytes = try? frame.framed(nonce: start.nonce) else { return }
        channel.send(bytes)
    }

    /// Everything that an orderly end does, once; only a kill leaves private folders behind.
    mutating func finish() {
        guard !finished else { return }
        finished = true
        for helper in helpers { helper.cancel() }
        running?.task.cancel()
        let mine = mutex == nil ? Array(madeFolders) : (try? state.privateFolders.names()) ?? []
        for name in mine { try? state.privateFolders.remove(name) }
        mutex?.release()
    }
}
