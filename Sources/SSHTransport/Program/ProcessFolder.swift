import Glibc
import Synchronization

/// The one folder of this process for the folders of its `ssh` processes. It stands as long as one of them.
///
/// We may be killed, and then nobody takes it away: the next process that makes one does (``sweep(_:)``). That the owner
/// of one lives is told by a lock on the folder itself, which the system gives up with the process. A process number alone
/// may be another's by then, or belong to a container that shares the folder for temporary files.
final class ProcessFolder: Sendable {
    private struct State {
        var held = 0
        var next = 0
        var isGone = false
    }

    let path: String
    /// The folder, open and locked. Programs that are started do not get it.
    private let lock: Int32
    private let state = Mutex(State())

    static let mark = "certfleet-ssh-"
    /// With the longest process number there is.
    static let longestName = "\(mark)4194304-XXXXXX"
    private static let numbers = 1_000_000

    init(in parent: String) throws {
        // Who sweeps may find it before it is locked, and take it away.
        for _ in 0..<8 {
            var name = Array("\(parent)/\(Self.mark)\(getpid())-XXXXXX".utf8CString)
            guard mkdtemp(&name) != nil else {
                throw ProgramFolder.problem("no private folder in \(parent)", errno)
            }
            let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else {
                if errno == ENOENT { continue }
                let number = errno
                rmdir(path)
                throw ProgramFolder.problem("no private folder in \(parent)", number)
            }
            // A file system without locks has none for who sweeps either.
            let isTaken = flock(folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            if !isTaken, access(path, F_OK) == 0 {
                self.path = path
                lock = folder
                return
            }
            close(folder)
        }
        throw ProgramFolder.problem("no private folder in \(parent)", EAGAIN)
    }

    deinit { if !state.withLock({ $0.isGone }) { close(lock) } }

    /// A folder in it, mode 0700; nil when it has gone, with its last one or because somebody tidied up.
    func makeFolder() throws -> String? {
        try state.withLock { state in
            while !state.isGone {
                let folder = "\(path)/\(state.next)"
                state.next = (state.next + 1) % Self.numbers
                if mkdir(folder, 0o700) == 0 {
                    state.held += 1
                    return folder
                }
                switch errno {
                case EEXIST: continue
                case ENOENT: return nil
                default: throw ProgramFolder.problem("no private folder in \(path)", errno)
                }
            }
            return nil
        }
    }

    /// One of its folders has gone.
    func leave() {
        state.withLock { state in
            state.held -= 1
            guard state.held == 0 else { return }
            rmdir(path)
            close(lock)
            state.isGone = true
        }
    }

    // MARK: What others left

    /// Takes away what processes of this account left when they were killed, and nothing else: what is not named, owned
    /// and closed to others as ours are, what a living process has locked, and what has something in it that we never
    /// put there stays.
    static func sweep(_ parent: String) {
        let place = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0 else { return }
        defer { close(place) }
        for name in ProgramFolder.names(in: place) where name.hasPrefix(mark) {
            guard let folder = ownFolder(name, in: place) else { continue }
            defer { close(folder) }
            guard flock(folder, LOCK_EX | LOCK_NB) == 0 else { continue }
            for inner in ProgramFolder.names(in: folder) where inner.allSatisfy(\.isNumber) {
                guard let files = ownFolder(inner, in: folder) else { continue }
                for file in ProgramFolder.names(in: files) {
                    release(file, in: files)
                    unlinkat(files, file, 0)
                }
                close(files)
                unlinkat(folder, inner, AT_REMOVEDIR)
            }
            unlinkat(place, name, AT_REMOVEDIR)
        }
    }

    /// A program that was started and had not opened its log yet waits for a reader of that pipe, for ever.
    private static func release(_ file: String, in folder: Int32) {
        let end = openat(folder, file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        if end >= 0 { close(end) }
    }

    /// A folder of this account that nobody else can look into, opened; no link to one.
    private static func ownFolder(_ name: String, in place: Int32) -> Int32? {
        let folder = openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        var facts = stat()
        if fstat(folder, &facts) == 0, facts.st_uid == geteuid(), facts.st_mode & 0o7777 == 0o700 { return folder }
        close(folder)
        return nil
    }
}

/// The folders of one ``SSHProgram``.
final class ProgramFolders: Sendable {
    private struct State {
        var own: ProcessFolder?
        /// Where what others left has been taken away already.
        var swept: Set<String> = []
    }

    private let state = Mutex(State())

    /// A new one.
    ///
    /// - Parameter wanted: The folder for temporary files.
    func make(in wanted: String?) throws -> ProgramFolder {
        try state.withLock { state in
            let parent = ProgramFolder.parent(wanted)
            if let own = state.own, let path = try own.makeFolder() { return ProgramFolder(path, in: own) }
            // Once: it is read from its beginning to its end.
            if state.swept.insert(parent).inserted { ProcessFolder.sweep(parent) }
            let own = try ProcessFolder(in: parent)
            state.own = own
            guard let path = try own.makeFolder() else {
                throw ProgramFolder.problem("no private folder in \(own.path)", ENOENT)
            }
            return ProgramFolder(path, in: own)
        }
    }
}
