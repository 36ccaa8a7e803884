import Glibc

/// An open descriptor that is closed when its last owner lets go.
final class Descriptor: Sendable {
    let number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// A copy above the standard three, so that placing one of them cannot overwrite another.
    static func copy(of number: Int32, for program: String) throws -> Descriptor {
        try checked(fcntl(number, F_DUPFD_CLOEXEC, 10), program, "its descriptor \(number) is not usable")
    }

    /// Opens a file, close-on-exec.
    static func open(_ path: String, _ flags: Int32, for program: String) throws -> Descriptor {
        try checked(Glibc.open(path, flags | O_CLOEXEC, 0o600), program, "cannot open \(path)")
    }

    static func checked(_ number: Int32, _ program: String, _ message: String) throws -> Descriptor {
        guard number >= 0 else { throw ChildProcessError(.notStarted, program, message, number: errno) }
        return Descriptor(owning: number)
    }
}
