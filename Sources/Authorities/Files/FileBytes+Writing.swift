#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension FileBytes {
    /// Writes a file so that after a crash either all of it is there or nothing at all.
    static func writeAtomically(_ data: Data, folder: String, name: String) throws {
        try makeFolder(folder)
        if writeNameless(data, folder: folder, name: name) { return }
        try writeRenamed(data, folder: folder, name: name)
    }

    /// `O_TMPFILE`, a macro that Swift does not see; `O_DIRECTORY` is part of it.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    /// A file that has no name until it is complete: whoever dies on the way leaves nothing behind.
    ///
    /// - Returns: `false` when the file system knows no such files, or the name is taken.
    private static func writeNameless(_ data: Data, folder: String, name: String) -> Bool {
        let descriptor = open(folder, O_WRONLY | nameless | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return false }
        defer { _ = Glibc.close(descriptor) }
        guard writeAll(data, to: descriptor) == 0, fsync(descriptor) == 0 else { return false }
        let own = "/proc/self/fd/\(descriptor)"
        guard linkat(AT_FDCWD, own, AT_FDCWD, "\(folder)/\(name)", AT_SYMLINK_FOLLOW) == 0 else { return false }
        return syncFolder(folder) == 0
    }

    /// The way of every file system: temporary name, sync, rename, sync.
    private static func writeRenamed(_ data: Data, folder: String, name: String) throws {
        let path = "\(folder)/\(name)"
        let temporary = "\(folder)/.\(name).\(UInt64.random(in: 0 ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(operation: "cannot write \(path)", number: errno) }
        var problem = writeAll(data, to: descriptor)
        if problem == 0, fsync(descriptor) != 0 { problem = errno }
        if Glibc.close(descriptor) != 0, problem == 0 { problem = errno }
        if problem == 0, rename(temporary, path) != 0 { problem = errno }
        if problem == 0 { problem = syncFolder(folder) } else { unlink(temporary) }
        guard problem == 0 else { throw FileError(operation: "cannot write \(path)", number: problem) }
    }
}
