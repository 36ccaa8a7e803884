import Glibc
import Synchronization

/// A socket on 127.0.0.1, closed with its last owner, or earlier.
final class LoopbackSocket: Sendable {
    let number: Int32
    private let closed = Atomic(false)

    private init(_ number: Int32) { self.number = number }

    deinit { close() }

    /// Closes it now; nobody may use ``number`` any more.
    func close() {
        if !closed.exchange(true, ordering: .relaxed) { Glibc.close(number) }
    }

    var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Takes a port without listening on it yet; none named: the kernel picks a free one.
    ///
    /// - Throws: ``LabError`` `portTaken`, `system`.
    static func bound(to port: Int?, for what: String) throws -> LoopbackSocket {
        let socket = try make(SOCK_NONBLOCK.rawValue)
        var yes: Int32 = 1
        // The connections of a former life of the lab may still be winding down on this port.
        setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let failed = withAddress(port ?? 0) { bind(socket.number, $0, $1) } != 0
        if failed { throw refusal(port, what, errno) }
        return socket
    }

    /// - Throws: ``LabError`` `system` when nobody listens there.
    static func connected(to port: Int) throws -> LoopbackSocket {
        let socket = try make(0)
        guard withAddress(port, { connect(socket.number, $0, $1) }) == 0 else {
            throw LabError(.system, "nothing answers on port \(port)", number: errno)
        }
        return socket
    }

    func listen(for what: String) throws {
        guard Glibc.listen(number, 128) == 0 else { throw Self.refusal(try? port(), what, errno) }
    }

    func port() throws -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
        }
        guard failed == 0 else { throw LabError(.system, "a socket has no address", number: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func make(_ flags: UInt32) throws -> LoopbackSocket {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | flags), 0)
        guard number >= 0 else { throw LabError(.system, "no socket can be made", number: errno) }
        return LoopbackSocket(number)
    }

    private static func refusal(_ port: Int?, _ what: String, _ number: Int32) -> LabError {
        if number == EADDRINUSE, let port {
            return LabError(
                .portTaken, "port \(port) of \(what) is taken by another program",
                hint: "end that program (ss -ltnp 'sport = :\(port)' names it), or make the lab anew in another folder",
                number: number)
        }
        let reason = String(cString: strerror(number))
        return LabError(.system, "cannot listen for \(what): \(reason)", number: number)
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
