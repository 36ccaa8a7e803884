import CLibSSH2
import Glibc

extension SessionHandle {
    /// The connection has ended, or is as good as ended. From now on libssh2 does not see that, for a read that sees it
    /// answers with an error and keeps what it holds (`_libssh2_channel_read` looks into its queue only after "again"):
    /// it gets what is still there, then nothing more; and what it sends goes nowhere.
    func holdEnd() {
        _ = libssh2_session_callback_set(
            pointer, LIBSSH2_CALLBACK_RECV, unsafeBitCast(restCallback, to: UnsafeMutableRawPointer.self))
        _ = libssh2_session_callback_set(
            pointer, LIBSSH2_CALLBACK_SEND, unsafeBitCast(nowhereCallback, to: UnsafeMutableRawPointer.self))
    }
}

/// As ``receiveCallback``, but an end is nothing for the moment.
private let restCallback:
    @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int =
        { socket, buffer, length, flags, abstract in
            let count = receiveCallback(socket, buffer, length, flags, abstract)
            return count > 0 ? count : -Int(EAGAIN)
        }

/// Says that all was sent.
private let nowhereCallback:
    @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int =
        { _, _, length, _, _ in length }
