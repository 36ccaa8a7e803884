import Descriptors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The system's text for an error number, in lower case. glibc's `strerror` has a buffer per thread (since 2.32).
func errorText(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
}

/// What watches all sockets of this room, for the life of the process; everything about them happens on its queue.
///
/// - Throws: ``TLSError`` `socket` when the system has no descriptor left now.
func watchOfSockets() throws -> DescriptorWatch {
    guard let watch = DescriptorWatch.shared("certfleet.tls") else {
        throw TLSError.fromErrno("no socket can be watched", EMFILE)
    }
    return watch
}

/// An address to connect to, as the resolver gave it.
struct SocketAddress: Sendable {
    var family: Int32
    var bytes: [UInt8]

    /// Resolves a name or reads a number. Blocks: not for a cooperative thread.
    ///
    /// - Throws: ``TLSError`` `socket` with the resolver's reason.
    static func resolve(_ name: String, port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(name, String(port), &hints, &list)
        guard result == 0 else {
            throw TLSError(
                .socket, "cannot resolve \(name)", number: Int(result), reason: String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr {
                let raw = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
                found.append(SocketAddress(family: entry.ai_family, bytes: Array(raw)))
            }
            next = entry.ai_next
        }
        return found
    }

    func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        bytes.withUnsafeBytes { raw in
            raw.baseAddress.map { body($0.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) }
        }
    }
}

/// A stream socket, non-blocking and closed in children. Whoever makes it closes it.
func makeSocket(family: Int32) throws -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw TLSError.fromErrno("cannot make a socket", errno) }
    return descriptor
}

/// What reading from a non-blocking socket gave.
enum ReadResult {
    case bytes([UInt8])
    case nothingYet
    case ended
    case failed(Int32)
}

func receive(_ descriptor: Int32) -> ReadResult {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(Array(buffer.prefix(count))) }
        if count == 0 { return .ended }
        switch errno {
        case EINTR: continue
        case EAGAIN, EWOULDBLOCK: return .nothingYet
        default: return .failed(errno)
        }
    }
}

/// Sends what the socket takes now; a peer that is gone is an error here, never a signal.
///
/// - Returns: How many bytes went, or `nil` when the connection is broken.
func transmit(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Int? {
    var sent = 0
    while sent < bytes.count {
        let count = bytes.dropFirst(sent).withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 {
            sent += count
        } else if errno == EAGAIN || errno == EWOULDBLOCK {
            return sent
        } else if errno != EINTR {
            return nil
        }
    }
    return sent
}
