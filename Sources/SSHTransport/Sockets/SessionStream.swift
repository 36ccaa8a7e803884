/// What carries a session's bytes: a socket, or a channel of another session.
///
/// Touched on the worker's queue only.
protocol SessionStream: AnyObject {
    /// Who waits for it to change.
    var readiness: SocketReadiness { get }
    /// What libssh2 is told to be its socket. It is not read from when the stream is none.
    var descriptor: Int32 { get }
    /// Whether there is room to write now.
    var isWritable: Bool { get }
    /// Why it carries nothing any more, where it knows better than "lost".
    var ending: SSHError? { get }

    /// Nothing that still touches it can wait for it any more.
    func cut()
    /// A second call does nothing.
    func close()
}
