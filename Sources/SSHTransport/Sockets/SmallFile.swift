import Glibc

/// Why a file could not be read.
struct FileProblem: Error {
    let number: Int32
    var reason: String { number == EFBIG ? "it is too large" : errorText(number) }
}

/// Reads files whole. It blocks: not for a worker, except for what is known to be small and local.
enum SmallFile {
    static func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(number: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        // What passed through here may have been a private key.
        defer { explicit_bzero(&buffer, buffer.count) }
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(number: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else { throw FileProblem(number: EFBIG) }
        }
    }
}
