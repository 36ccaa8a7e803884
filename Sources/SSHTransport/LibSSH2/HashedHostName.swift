import CLibSSH2

/// Names in known_hosts that stand there only as a salted digest (`|1|salt|digest`): libssh2 computes it.
enum HashedHostName {
    static func matches(_ pattern: String, key: HostKey, name: String) -> Bool {
        guard LibSSH2Library.isReady, let session = libssh2_session_init_ex(nil, nil, nil, nil) else { return false }
        defer { libssh2_session_free(session) }
        guard let hosts = libssh2_knownhost_init(session) else { return false }
        // Before its session.
        defer { libssh2_knownhost_free(hosts) }
        let encoded = Base64.encode(key.blob)
        let line = "\(pattern) \(key.type) \(encoded)"
        guard libssh2_knownhost_readline(hosts, line, line.utf8.count, LIBSSH2_KNOWNHOST_FILE_OPENSSH) == 0 else {
            return false
        }
        // The line's own key is offered: what is left to decide is the name.
        let mask = LIBSSH2_KNOWNHOST_TYPE_PLAIN | Int32(2 << 16)
        let verdict = libssh2_knownhost_check(hosts, name, encoded, encoded.utf8.count, mask, nil)
        return verdict == LIBSSH2_KNOWNHOST_CHECK_MATCH
    }
}
