import CLinux
import Glibc

extension ChildCommand {
    /// Starts the program on the given streams and returns its process id.
    func spawn(on streams: Streams) throws -> pid_t {
        let path = try executablePath()
        for text in [path] + arguments + (folder.map { [$0] } ?? []) where text.utf8.contains(0) {
            throw ChildProcessError(.badArgument, program, "an argument holds a zero byte")
        }
        for (name, value) in environment where name.isEmpty || name.contains("=") || (name + value).utf8.contains(0) {
            throw ChildProcessError(
                .badArgument, program, "its environment holds a name or value that cannot be passed")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (standard, own) in [(0, streams.input), (1, streams.output), (2, streams.errors)] {
            posix_spawn_file_actions_adddup2(&actions, own.number, Int32(standard))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setUp(&attributes)

        var pid: pid_t = 0
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let failure = withCStrings([program] + arguments) { argv in
            withCStrings(variables) { envp in posix_spawn(&pid, path, &actions, &attributes, argv, envp) }
        }
        guard failure == 0 else { throw ChildProcessError(.notStarted, program, "cannot be started", number: failure) }
        return pid
    }

    /// Threads of a Dispatch pool block nearly every signal, and a blocked or ignored signal is inherited.
    private func setUp(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | (detached ? linux_spawn_setsid : 0)
        posix_spawnattr_setflags(&attributes, flags)
    }
}

/// Lends C a null-terminated array of C strings for the time of `body`.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return copies.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("an array with an element has an address") }
        return body(start)
    }
}
