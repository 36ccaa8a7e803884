import CLinux
import Glibc
import Synchronization

/// A folder that only this account can look into, for the files that one `ssh` process needs. Gone with its last owner.
///
/// What is named in it may be a socket: its path is short.
final class ProgramFolder: Sendable {
    private let path: String
    private let parent: ProcessFolder
    private let isGone = Atomic(false)

    /// - Parameter path: A folder in `parent`, made for this.
    init(_ path: String, in parent: ProcessFolder) {
        self.path = path
        self.parent = parent
    }

    deinit { remove() }

    /// Where it is made: the folder for temporary files, or `/tmp` when a socket in it could not be named. `ssh` names one
    /// by chance first, with 17 bytes more, and reads `${…}` as a variable.
    static func parent(_ wanted: String?) -> String {
        guard let wanted, wanted.hasPrefix("/"), !wanted.contains("$") else { return "/tmp" }
        let longest = "\(wanted)/\(ProcessFolder.longestName)/999999/\(socketName)".utf8.count + 17
        return longest <= UnixSocket.longestPath ? wanted : "/tmp"
    }

    static let socketName = "master"

    /// What is open stays open. A second call does nothing.
    func remove() {
        guard !isGone.exchange(true, ordering: .relaxed) else { return }
        removeAll(but: nil)
        rmdir(path)
        parent.leave()
    }

    func removeAll(but kept: String?) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return }
        defer { close(folder) }
        for name in Self.names(in: folder) where name != kept { unlinkat(folder, name, 0) }
    }

    /// All names in a folder. Read first and used then: a folder that changes while it is read may leave some out.
    static func names(in folder: Int32) -> [String] {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return [] }
        guard let listing = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(listing) }
        var names: [String] = []
        var characters = [CChar](repeating: 0, count: 256)
        while linux_next_name(listing, &characters) != 0 {
            let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let name = String(decoding: bytes, as: UTF8.self)
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The lines of a small file; none when it is not there.
    func lines(_ name: String) -> [String] {
        let bytes = (try? SmallFile.read(file(name), limit: 1 << 16)) ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A pipe with a name, and our end of it, which never blocks. We hold it for both directions, so that whoever opens
    /// it to write never waits for a reader.
    func makePipe(_ name: String) throws -> (path: String, end: Int32) {
        let file = "\(path)/\(name)"
        guard mkfifo(file, 0o600) == 0 else { throw Self.problem("no pipe in \(path)", errno) }
        let end = open(file, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard end >= 0 else { throw Self.problem("no pipe in \(path)", errno) }
        return (file, end)
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.problem("no file in \(path)", errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Self.problem("no file in \(path)", errno)
        }
        return file
    }

    static func problem(_ message: String, _ number: Int32) -> SSHError {
        SSHError(.libraryFailure, "start", "\(message): \(errorText(number))", number: number)
    }
}
