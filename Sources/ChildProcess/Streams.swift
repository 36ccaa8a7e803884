import CLinux
import Glibc

/// The child's ends of its three standard streams, and our ends of those that are captured.
struct Streams {
    var input: Descriptor
    var output: Descriptor
    var errors: Descriptor
    var captured: [Capture] = []

    /// Our end of one captured stream.
    struct Capture {
        let end: Descriptor
        let limit: Int
        let isError: Bool
    }

    init(for command: ChildCommand) throws {
        let program = command.program
        input = try Self.input(command.input, for: program)
        var captured: [Capture] = []
        output = try Self.output(command.output, isError: false, for: program, &captured)
        errors = try Self.output(command.errors, isError: true, for: program, &captured)
        self.captured = captured
    }

    private static func input(_ input: ChildInput, for program: String) throws -> Descriptor {
        switch input {
        case .nothing: try .open("/dev/null", O_RDONLY, for: program)
        case .descriptor(let number): try .copy(of: number, for: program)
        case .bytes(let bytes): try file(holding: bytes, for: program)
        }
    }

    /// A file without a name, in memory only. Unlike a pipe it needs no writer that runs beside the child and could
    /// meet a reader that has gone away (SIGPIPE).
    private static func file(holding bytes: [UInt8], for program: String) throws -> Descriptor {
        let file = try Descriptor.checked(
            memfd_create("input", linux_memfd_cloexec), program, "no memory for its input")
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw ChildProcessError(.notStarted, program, "no memory for its input", number: errno)
            }
            rest = rest.dropFirst(count)
        }
        lseek(file.number, 0, SEEK_SET)
        return file
    }

    private static func output(
        _ output: ChildOutput, isError: Bool, for program: String, _ captured: inout [Capture]
    ) throws -> Descriptor {
        switch output {
        case .discarded: return try .open("/dev/null", O_WRONLY, for: program)
        case .descriptor(let number): return try .copy(of: number, for: program)
        case .appended(let path): return try .open(path, O_WRONLY | O_CREAT | O_APPEND, for: program)
        case .captured(let limit):
            var ends: [Int32] = [-1, -1]
            guard pipe2(&ends, O_CLOEXEC) == 0 else {
                throw ChildProcessError(.notStarted, program, "no pipe for its output", number: errno)
            }
            // Only our end: the child's has to block as a program expects.
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            captured.append(Capture(end: Descriptor(owning: ends[0]), limit: limit, isError: isError))
            return Descriptor(owning: ends[1])
        }
    }
}
