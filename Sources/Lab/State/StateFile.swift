import FoundationEssentials
import Glibc

/// Reads and writes the small files of a state folder. A reader sees the old content or the new one, never a part.
enum StateFile {
    /// The bytes, or `nil` where there is no such file.
    static func read(_ path: String) throws -> Data? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw StateError(.system, "reading \(path)", number: errno)
        }
        defer { close(descriptor) }
        var content = Data()
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StateError(.system, "reading \(path)", number: errno) }
            if count == 0 { return content }
            content.append(contentsOf: piece[..<count])
        }
    }

    /// Writes beside the file and renames: mode 0600 for whatever may hold a key, else 0644.
    static func write(_ bytes: some ContiguousBytes, to path: String, mode: mode_t = 0o644) throws {
        var random = SystemRandomNumberGenerator()
        let temporary = "\(path).\(getpid())-\(String(random.next(), radix: 36)).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw StateError(.system, "writing \(path)", number: errno) }
        do {
            try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, path: path) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let number = errno
            unlink(temporary)
            throw StateError(.system, "writing \(path)", number: number)
        }
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StateError(.system, "writing \(path)", number: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// The value in a JSON file, or `nil` where there is no file.
    static func readJSON<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value? {
        guard let data = try read(path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw StateError(.unreadable, "reading \(path)")
        }
    }

    /// Keys sorted, so that two equal states are equal files.
    static func writeJSON(_ value: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(value)
        data.append(0x0A)
        try write(data, to: path)
    }

    /// Removes the file; `false` when there was none.
    @discardableResult
    static func remove(_ path: String) throws -> Bool {
        if unlink(path) == 0 { return true }
        if errno == ENOENT { return false }
        throw StateError(.system, "removing \(path)", number: errno)
    }

    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws {
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw StateError(.system, "making \(path)", number: errno)
        }
    }

    /// The names in a folder, sorted; empty where there is none.
    static func names(in folder: String) throws -> [String] {
        guard let handle = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw StateError(.system, "listing \(folder)", number: errno)
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Runs the body while holding an exclusive lock on `<path>.lock`, for read-change-write of one small file.
    static func exclusively<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StateError(.system, "locking \(path)", number: errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw StateError(.system, "locking \(path)", number: errno) }
        }
        return try body()
    }
}
