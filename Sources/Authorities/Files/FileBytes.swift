#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import FleetModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file operation that the system refused: `cannot read /x/ca.key: permission denied`.
struct FileError: Error, CustomStringConvertible {
    var operation: String
    var number: Int32

    /// glibc's `strerror` has a buffer per thread (since 2.32).
    var description: String {
        "\(operation): \(strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)")"
    }
}

/// Small files, whole: certificates, keys, requests.
enum FileBytes {
    /// More than any of them holds, in bytes.
    static let limit = 1 << 20

    /// Reads a regular file; anything else (a folder, a pipe that would never end) is refused.
    static func read(_ path: String) throws -> Data {
        try withBytes(path) { Data($0) }
    }

    /// Reads a file whose bytes must not stay behind in memory.
    static func readSecret(_ path: String) throws -> Secret {
        try withBytes(path) { Secret($0) }
    }

    private static func withBytes<Result>(
        _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        // Non-blocking, because opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(operation: "cannot read \(path)", number: errno) }
        defer { _ = Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError(operation: "cannot read \(path)", number: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(operation: "cannot read \(path)", number: EISDIR)
        }
        guard status.st_size <= limit else { throw FileError(operation: "cannot read \(path)", number: EFBIG) }
        return try withUnsafeTemporaryAllocation(byteCount: Int(status.st_size) + 1, alignment: 1) { buffer in
            defer { if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) } }
            var count = 0
            while count < Int(status.st_size) {
                let more = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), Int(status.st_size) - count)
                if more == 0 { break }
                if more > 0 {
                    count += more
                } else if errno != EINTR {
                    throw FileError(operation: "cannot read \(path)", number: errno)
                }
            }
            return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Removes a file; one that is gone already is no error.
    static func remove(folder: String, name: String) throws {
        guard unlink("\(folder)/\(name)") == 0 || errno == ENOENT else {
            throw FileError(operation: "cannot remove \(folder)/\(name)", number: errno)
        }
        _ = syncFolder(folder)
    }

    /// The names in a folder, sorted, hidden and temporary ones left out; a folder that is not there is empty.
    static func names(in folder: String) throws -> [String] {
        guard let directory = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw FileError(operation: "cannot read the folder \(folder)", number: errno)
        }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { found.append(name) }
        }
        return found.sorted()
    }

    /// Makes a folder and those above it; one that is there is no error.
    static func makeFolder(_ folder: String) throws {
        if mkdir(folder, 0o755) == 0 { return }
        var problem = errno
        if problem == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            try makeFolder(String(folder[..<slash]))
            problem = mkdir(folder, 0o755) == 0 ? 0 : errno
        }
        var status = stat()
        if problem == EEXIST, stat(folder, &status) == 0 {
            problem = status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
        }
        guard problem == 0 else { throw FileError(operation: "cannot make the folder \(folder)", number: problem) }
    }

    static func writeAll(_ data: Data, to descriptor: Int32) -> Int32 {
        data.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count > 0 { done += count } else if count == 0 { return EIO } else if errno != EINTR { return errno }
            }
            return 0
        }
    }

    static func syncFolder(_ folder: String) -> Int32 {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { _ = Glibc.close(descriptor) }
        return fsync(descriptor) == 0 ? 0 : errno
    }
}
