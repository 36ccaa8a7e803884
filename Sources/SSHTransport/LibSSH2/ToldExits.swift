import CLinux

/// What servers have said about the ends of commands, by the numbers of their channels on this side.
///
/// libssh2 1.10 takes those packets and frees them: afterwards a status of 0 and none at all are the same to it, and it
/// has no call that gives a channel's number. So they are looked at when it gives their memory back.
struct ToldExits {
    /// The channel that was opened last.
    private(set) var opened: UInt32?
    private var exits: [(channel: UInt32, exit: SSHExit)] = []
    /// Whether packets that are freed from now on have not been taken: they may be half there.
    var isOver = false

    private static let confirmation: UInt8 = 91
    private static let request: UInt8 = 98

    /// Whether this may be a packet to look at. Cheap, because everything that the library frees is asked.
    static func concerns(_ start: UnsafeMutableRawPointer) -> Bool {
        let kind = start.load(as: UInt8.self)
        return kind == request || kind == confirmation
    }

    /// Looks at what is about to be freed.
    mutating func note(_ start: UnsafeMutableRawPointer) {
        // Beyond these bytes neither packet holds what is wanted.
        note(UnsafeRawBufferPointer(start: start, count: min(malloc_usable_size(start), 96)))
    }

    /// SSH_MSG_CHANNEL_OPEN_CONFIRMATION (RFC 4254 §5.1) has the channel's number on this side first; so has
    /// SSH_MSG_CHANNEL_REQUEST, and then `exit-status` with a number or `exit-signal` with a name (§6.10).
    private mutating func note(_ packet: UnsafeRawBufferPointer) {
        guard !isOver, let kind = packet.first else { return }
        var reader = WireReader(packet.dropFirst())
        guard let channel = reader.number() else { return }
        if kind == Self.confirmation {
            opened = channel
            return
        }
        guard let opened, channel <= opened, let request = reader.text(), reader.byte() != nil else { return }
        switch request {
        case "exit-status":
            guard let status = reader.number() else { return }
            keep(SSHExit(status: Int32(bitPattern: status), signal: nil), of: channel)
        case "exit-signal":
            guard let name = reader.string() else { return }
            keep(SSHExit(status: 0, signal: PeerText.clean(name.prefix(64))), of: channel)
        default: break
        }
    }

    private mutating func keep(_ exit: SSHExit, of channel: UInt32) {
        forget(channel)
        exits.append((channel, exit))
    }

    /// What was said about the command of this channel.
    func exit(of channel: UInt32) -> SSHExit? { exits.first { $0.channel == channel }?.exit }

    /// About how many commands something is kept.
    var count: Int { exits.count }

    mutating func forget(_ channel: UInt32) {
        exits.removeAll { $0.channel == channel }
        // Between two commands nothing is kept.
        if exits.isEmpty { exits = [] }
    }
}
