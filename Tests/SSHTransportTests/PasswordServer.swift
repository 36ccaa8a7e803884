import ChildProcess
import CLinux
import Foundation
import TestSupport

@testable import SSHTransport

/// An SSH server that checks passwords, which an unprivileged sshd cannot: asyncssh, from Debian's python3-asyncssh.
///
/// Its users: `word` (password), `ask` (one question), `two` (two questions), `both`, `old` (password has expired),
/// `gone` (locked, and it says so), `again` (asks once more), `tiny` (an echo through a window of one byte), `loud` (what it writes is meant for the
/// terminal of whoever reads it), `idle` (runs nothing), `leave` (ends
/// the connection at a command's first input, and says why).
/// The right password is `correct`; every password it is shown is noted.
final class PasswordServer: Sendable {
    let port: UInt16
    let folder: TemporaryFolder
    private let child: RunningChild
    /// The other end of its input: when it closes, the server ends.
    private let life: FileHandle

    /// - Parameter version: Its version line; nil: as asyncssh has it.
    init(version: String? = nil) async throws {
        folder = try TemporaryFolder()
        let script = try folder.write(Self.script, to: "server.py")
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw CocoaError(.fileReadUnknown) }
        var life: [Int32] = [0, 0]
        guard pipe2(&life, O_CLOEXEC) == 0 else { throw CocoaError(.fileReadUnknown) }
        self.life = FileHandle(fileDescriptor: life[1], closeOnDealloc: true)
        let (reading, writing) = (FileHandle(fileDescriptor: ends[0], closeOnDealloc: true), ends[1])
        child = try RunningChild.start(
            ChildCommand(
                "/usr/bin/python3", ["-W", "ignore", script, folder["attempts"], version ?? ""],
                environment: ["PATH": "/usr/bin:/bin"],
                input: .descriptor(life[0]), output: .descriptor(writing), errors: .appended(path: folder["errors"])))
        close(writing)
        close(life[0])
        let line = await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: reading.availableData) }
        }
        guard let port = UInt16(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { throw CocoaError(.fileReadCorruptFile) }
        self.port = port
    }

    deinit { child.kill() }

    /// What went wrong in it.
    var errors: String { (try? folder.read("errors")) ?? "" }

    /// The line that pins its key.
    func knownHosts() async throws -> String {
        let keys = try await SSHClient.hostKeys(
            of: SSHEndpoint(host: "127.0.0.1", port: port, user: "x"),
            addresses: SSHAddress.resolve("127.0.0.1", port: port), on: kept(SSHWorker()))
        return keys.map { $0.knownHostsLine(host: "127.0.0.1", port: port) + "\n" }.joined()
    }

    /// The passwords it was shown for a user, in order.
    func attempts(of user: String) -> [String] {
        ((try? folder.read("attempts")) ?? "").split(separator: "\n").filter { $0.hasPrefix("\(user) ") }
            .map { String($0.dropFirst(user.count + 1)) }
    }

    private static let script = """
        import asyncio, os, shutil, sys
        sys.path.insert(0, '/usr/lib/python3/dist-packages')
        import asyncssh

        def note(user, text):
            with open(sys.argv[1], 'a') as file:
                file.write(f'{user} {text}\\n')

        if sys.argv[2]:
            def send_version(self):
                self._server_version = sys.argv[2].encode()
                self._send(self._server_version + b'\\r\\n')
            asyncssh.connection.SSHConnection._send_version = send_version

        class Server(asyncssh.SSHServer):
            user = ''
            def begin_auth(self, user):
                self.user = user
                if user == 'loud':
                    self.connection.send_auth_banner('\\x1b]0;owned\\x07Be\\x1b[2J good.\\r\\n\\u202edoog\\u2066\\x9b1m\\n')
                return True
            def password_auth_supported(self):
                return self.user in ('word', 'both', 'old', 'tiny', 'loud', 'idle', 'leave')
            def validate_password(self, user, password):
                note(user, password)
                if user == 'old':
                    raise asyncssh.PasswordChangeRequired('expired')
                return password == 'correct'
            def kbdint_auth_supported(self):
                return self.user in ('ask', 'two', 'both', 'gone', 'again')
            def get_kbdint_challenge(self, user, lang, submethods):
                reason = 'Your account is locked.' if user == 'gone' else ''
                return ('', reason, '', [('Password: ', False)] + ([('Code: ', True)] if user == 'two' else []))
            def validate_kbdint_response(self, user, responses):
                note(user, ','.join(responses))
                if user == 'again' and responses == ['correct']:
                    return ('', '', '', [('Password: ', False)])
                return responses == ['correct'] and self.user != 'gone'

        class Hello(asyncssh.SSHServerSession):
            def __init__(self, user):
                self.user = user
            def connection_made(self, channel):
                self.channel = channel
            def exec_requested(self, command):
                return self.user != 'idle'
            def session_started(self):
                self.channel.write(f'hello {self.user}'.encode())
                self.channel.exit(0)

        class Echo(Hello):
            def session_started(self):
                pass
            def data_received(self, data, kind):
                for place in range(len(data)):
                    self.channel.write(data[place:place + 1])
            def eof_received(self):
                self.channel.exit(0)
                return True

        class Leaving(Echo):
            def data_received(self, data, kind):
                self.channel.get_connection().disconnect(11, 'maintenance at ten')

        class Talking(Server):
            def connection_made(self, connection):
                self.connection = connection
            def session_requested(self):
                if self.user == 'tiny':
                    return self.connection.create_server_channel(encoding=None, window=1, max_pktsize=1), Echo('')
                kind = Leaving if self.user == 'leave' else Hello
                return self.connection.create_server_channel(encoding=None), kind(self.user)

        async def main():
            key = asyncssh.generate_private_key('ecdsa-sha2-nistp256')
            server = await asyncssh.create_server(Talking, '127.0.0.1', 0, server_host_keys=[key])
            print(server.sockets[0].getsockname()[1], flush=True)
            # Its input ends with the tests, however they end.
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
            shutil.rmtree(os.path.dirname(sys.argv[1]), ignore_errors=True)
            os._exit(0)

        asyncio.run(main())
        """
}
