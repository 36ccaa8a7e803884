import CLinux
import Glibc

/// Connections to sockets that have a name in the file system.
enum UnixSocket {
    /// How long a name may be, in bytes, its final zero not counted.
    static let longestPath = Int(LINUX_UNIX_PATH_ROOM) - 1

    /// Connects. It blocks, as every later call on the socket does, for so many seconds at most.
    static func connect(to path: String, patience: Int) throws(FileProblem) -> Int32 {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw FileProblem(number: ENAMETOOLONG) }
        let descriptor = linux_connect_unix(path, Int32(patience))
        guard descriptor >= 0 else { throw FileProblem(number: errno) }
        return descriptor
    }
}
