import Glibc

/// What the sessions of a worker send during one of its rounds, until it leaves at the round's end.
///
/// A send walks through the whole of the system's network code and wakes the other side, which on the same machine may take
/// the processor at once: what the session after it needs is then no longer in the processor's caches. Done one behind
/// another they cost far less (client CPU of the benchmark's C at 400 hosts: −11 %). And what one session sends in a round leaves
/// together: its new keys with the wish for a service, the end of a channel with the goodbye.
///
/// Touched on the worker only.
final class SendBatch {
    /// The next of these bytes, for one session.
    private struct Part {
        let memory: SessionMemory
        let socket: Int32
        let flags: Int32
        let start: Int
        var count: Int
    }

    private var parts: [Part] = []
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 32768, alignment: 16)
    private var used = 0

    /// Longer ones are not worth the copy.
    private static let longest = 2048
    /// So many sessions wait for each other at most: with 8 half is gained, with 200 no more than with 32.
    private static let sessions = 32

    deinit { bytes.deallocate() }

    var isEmpty: Bool { parts.isEmpty }

    /// Whether it is time for ``flush(before:)`` although the round goes on.
    var isFull: Bool { parts.count >= Self.sessions }

    /// Takes a packet, unless it is too long; then all before it has left.
    func take(_ packet: UnsafeRawBufferPointer, of memory: SessionMemory, for socket: Int32, _ flags: Int32) -> Bool {
        let fits = packet.count <= Self.longest
        if !fits || used + packet.count > bytes.count { flush() }
        guard fits else { return false }
        UnsafeMutableRawBufferPointer(rebasing: bytes[used..<used + packet.count]).copyMemory(from: packet)
        if let last = parts.indices.last, parts[last].memory === memory {
            parts[last].count += packet.count
        } else {
            parts.append(Part(memory: memory, socket: socket, flags: flags, start: used, count: packet.count))
        }
        used += packet.count
        return true
    }

    /// Sends all of it.
    ///
    /// - Parameter end: Whose connection ends next: what it sends leaves together with that.
    func flush(before end: SessionMemory? = nil) {
        guard !parts.isEmpty else { return }
        for part in parts {
            let packet = UnsafeRawBufferPointer(rebasing: bytes[part.start..<part.start + part.count])
            let flags = part.memory === end ? part.flags | Int32(MSG_MORE) : part.flags
            part.memory.transmit(packet, to: part.socket, flags)
        }
        parts.removeAll(keepingCapacity: true)
        used = 0
    }
}
