import Glibc

/// What libssh2's callbacks read and write for one session.
///
/// Touched by the session's calls and by the callbacks that run inside them, so on the worker only. What each callback
/// looks at is not checked for overlapping access: no callback runs inside a change of it.
final class SessionMemory {
    /// Who knows whether the socket has anything; without it, it is asked each time.
    var readiness: SocketReadiness?
    /// What carries the bytes when it is no socket.
    var tunnel: TunnelStream?
    /// How much more may be read before others of the worker have their turn.
    private var share = SessionMemory.fullShare
    /// How often libssh2 has been given bytes.
    private(set) var reads = 0
    /// Whether libssh2 has had all of the opening, and no more of it is kept.
    private var isPastOpening = false
    /// Whether nothing more was there when it was last read.
    private var wasLast = false
    /// Whether libssh2 has asked for more since it was last given bytes, and heard that there is nothing. Before that it may
    /// have packets it has not looked at.
    private var hasAskedInVain = false
    /// Whether the other side has ended the connection, by a word or without.
    var hasEnded = false
    /// Where what is sent waits for the end of the round; without it, nothing does.
    var batch: SendBatch?
    /// What counts as sent, and the system had no room for.
    @exclusivity(unchecked) var unsent: [UInt8] = []
    /// Why nothing can be sent any more (`errno`), once something that counts as sent could not be.
    var sendFailure: Int32 = 0
    /// Whether what the library asks for is noted; apart, because every allocation asks.
    private(set) var notesAllocations = false

    /// What the other side sent first, before anything was encrypted: its version and its offer.
    @exclusivity(unchecked) private(set) var opening: [UInt8] = []
    /// How much of it libssh2 has had; it asks for the first line byte by byte, the socket is asked for more at once.
    private var handedOut = 0
    private var keepsOpening = true
    @exclusivity(unchecked) private var version = VersionSearch()
    /// The answer to the one question of keyboard-interactive; taken when it is given, so that it is given once.
    var answer: SecretBytes?
    /// Whether the server asked something else, or asked again.
    var wasAskedMore = false
    /// Whether the server asked for a new password.
    var wasAskedForNewPassword = false
    var signature = Signature.none
    /// Why the other side says it ended the connection, in its own words.
    private(set) var farewell: String?
    /// What it wrote above its questions: the system behind it often says there why it will not let somebody in.
    private(set) var instruction: String?
    /// The library's memory that came while it was noted, and how much each.
    private var allocations: [UnsafeMutableRawPointer: Int] = [:]
    /// What the server showed before it let anybody in.
    private(set) var banner: String?

    /// What was said about the ends of commands.
    var told = ToldExits()

    /// Where a signature stands that is made outside of libssh2's call.
    enum Signature {
        case none
        case wanted([UInt8])
        case made([UInt8])
        case failed
    }

    private static let openingLimit = 16384
    private static let fullShare = 256 << 10

    /// Keeps no more of the opening, and lets go of it as soon as libssh2 has had it all.
    func forgetOpening() {
        keepsOpening = false
        guard handedOut == opening.count else { return }
        opening = []
        handedOut = 0
        isPastOpening = true
    }

    /// From the tunnel, or from the socket: a count, or a negative errno.
    private func take(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer, _ flags: Int32) -> Int {
        if readiness?.isDrained == true { return -Int(sendFailure == 0 ? EAGAIN : sendFailure) }
        let count: Int
        if let tunnel {
            count = tunnel.receive(atMost: buffer.count) { buffer.copyBytes(from: $0) }
        } else {
            let received = recv(socket, buffer.baseAddress, buffer.count, flags)
            count = received >= 0 ? received : -Int(errno)
        }
        readiness?.hasRead(count, of: buffer.count)
        return count == -Int(EAGAIN) && sendFailure != 0 ? -Int(sendFailure) : count
    }

    /// Whether libssh2 has seen all there was, and a further call would find nothing new: no failed send either.
    var isDrained: Bool { hasAskedInVain && share > 0 && sendFailure == 0 && readiness?.isDrained == true }

    /// Reads from the socket, or from what has been read ahead, which begins with the version line.
    ///
    /// - Returns: How many bytes; a negative `errno` otherwise.
    func receive(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer, _ flags: Int32) -> Int {
        guard share > 0 else { return -Int(EAGAIN) }
        return isPastOpening ? noted(take(socket, into: buffer, flags)) : receiveOpening(socket, into: buffer, flags)
    }

    @inline(never)
    private func receiveOpening(
        _ socket: Int32, into buffer: UnsafeMutableRawBufferPointer, _ flags: Int32
    ) -> Int {
        if handedOut == opening.count || !version.isFound {
            guard keepsOpening, opening.count < Self.openingLimit else {
                forgetOpening()
                return noted(take(socket, into: buffer, flags))
            }
            // No more than the stack has room for: beyond 1 KiB it would come from the heap each time.
            let count = withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { bytes in
                let room = min(bytes.count, Self.openingLimit - opening.count)
                let count = take(socket, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]), flags)
                opening.append(contentsOf: bytes.prefix(max(0, count)))
                return noted(count)
            }
            if count <= 0 { return count }
            if !version.isFound {
                version.look(through: opening)
                handedOut = version.skipped
                // What has sent so much without it has none.
                if !version.isFound { return opening.count < Self.openingLimit ? -Int(EAGAIN) : -Int(EPROTO) }
            }
        }
        reads += 1
        hasAskedInVain = false
        let count = min(buffer.count, opening.count - handedOut)
        opening.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[handedOut..<(handedOut + count)])) }
        handedOut += count
        if !keepsOpening { forgetOpening() }
        return count
    }

    /// Keeps in mind how a read went; errors are negative errno values.
    private func noted(_ count: Int) -> Int {
        if count == 0 || count < 0 && count != -Int(EAGAIN) && count != -Int(EINTR) { hasEnded = true }
        wasLast = count < 0 || readiness?.isDrained == true
        hasAskedInVain = count == -Int(EAGAIN)
        if count > 0 { reads += 1 }
        share -= max(0, count)
        return count
    }

    /// Whether the socket may hold more, although libssh2 has said "again" after some bytes: it does so without a second
    /// look when it got less than the head of a packet. The system has told us of those bytes, and of an end right
    /// behind them, and will not do so twice.
    func mayHaveMore(since before: Int) -> Bool { share <= 0 || reads != before && !wasLast }

    /// Whether so much has been read that others should have their turn first: until ``renewShare()`` there seems to be
    /// nothing more. libssh2 reads on in one call as long as packets come that nobody has asked for.
    var hasHadItsShare: Bool { share <= 0 }

    func renewShare() { share = Self.fullShare }

    /// Keeps the banner that a server may show before it lets anybody in, if it came since allocations are noted, and notes
    /// no more: SSH_MSG_USERAUTH_BANNER (RFC 4252 §5.4) is 53, a text, its language.
    ///
    /// libssh2 1.10 takes the packet and keeps it, but has no call that hands it out (1.11 has): it is found again among
    /// the memory that the library has asked for meanwhile.
    func keepBanner() {
        defer { stopNoting() }
        for (start, size) in allocations where size > 9 && start.load(as: UInt8.self) == 53 {
            var reader = WireReader(UnsafeRawBufferPointer(start: start, count: min(size, 65536)).dropFirst())
            if let text = reader.string(), !text.isEmpty, reader.string() != nil, let quoted = PeerText.quote(text) {
                banner = quoted
            }
        }
    }

    /// Until ``giveBackCleared()`` or ``keepBanner()``.
    func noteAllocations() { notesAllocations = true }

    private func stopNoting() {
        notesAllocations = false
        allocations = [:]
    }

    /// Gives back to the system what the library has asked for and cleared since it was noted.
    func giveBackCleared() {
        for (start, size) in allocations { ClearedMemory.giveBack(from: start, size) }
        stopNoting()
    }

    func note(_ start: UnsafeMutableRawPointer?, _ count: Int) {
        if let start { allocations[start] = count }
    }

    func forget(_ start: UnsafeMutableRawPointer?) {
        if let start { allocations[start] = nil }
    }

    func instruct(_ text: UnsafeRawBufferPointer) {
        instruction = PeerText.quote(text) ?? instruction
    }

    func end(_ text: UnsafeRawBufferPointer) { farewell = PeerText.quote(text) }

    static func behind(_ abstract: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> SessionMemory? {
        guard let pointer = abstract?.pointee else { return nil }
        return Unmanaged<SessionMemory>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// The same, while it notes what the library asks for.
    static func noting(_ abstract: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> SessionMemory? {
        guard let pointer = abstract?.pointee else { return nil }
        let memory = Unmanaged<SessionMemory>.fromOpaque(pointer)
        return memory._withUnsafeGuaranteedRef { $0.notesAllocations } ? memory.takeUnretainedValue() : nil
    }
}
