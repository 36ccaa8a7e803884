#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Dispatch
import FleetModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One probe on its way: look up, connect, shake hands, report once.
///
/// Sendable because everything in it is touched on the probes' queue only, once it is made.
final class ProbeAttempt: @unchecked Sendable {
    private static let queue = DispatchQueue(label: "tls.probes", qos: .userInitiated)
    private static let resolver = DispatchQueue(label: "tls.names", attributes: .concurrent)

    private let address: String
    private let port: Int
    private let serverName: String
    private var answer: CheckedContinuation<[Data], any Error>?
    private var addresses: ArraySlice<SocketAddress> = []
    private var connecting: (any DispatchSourceWrite)?
    /// The socket that is being connected, until a connection takes it over; -1 for none.
    private var pending: Int32 = -1
    private var connection: TLSConnection?
    private let catcher = PeerCertificateCatcher()

    private init(address: String, port: Int, serverName: String, answer: CheckedContinuation<[Data], any Error>) {
        self.address = address
        self.port = port
        self.serverName = serverName
        self.answer = answer
    }

    /// - Returns: The certificates shown, DER, the server's own first.
    static func run(address: String, port: Int, serverName: String, deadline: Duration) async throws -> [Data] {
        try await withCheckedThrowingContinuation { continuation in
            let attempt = ProbeAttempt(address: address, port: port, serverName: serverName, answer: continuation)
            queue.asyncAfter(deadline: .now() + deadline.dispatchInterval) { [weak attempt] in
                attempt?.timedOut(after: deadline)
            }
            resolver.async { attempt.resolve() }
        }
    }

    private var place: String { "\(address) port \(port)" }

    /// On the resolver's queue; touches only what never changes.
    private func resolve() {
        let found = Result { try SocketAddress.resolve(address, port: port) }
        Self.queue.async { [self] in
            switch found {
            case .failure(let error): fail("probe.unreachable", "cannot reach \(place): \(error)")
            case .success(let found):
                addresses = found[...]
                connectNext(after: nil)
            }
        }
    }

    private func connectNext(after problem: TLSError?) {
        guard answer != nil else { return }
        guard let next = addresses.popFirst() else {
            return fail("probe.unreachable", "nothing answers on \(place): \(problem?.reason ?? "no address")")
        }
        do {
            let descriptor = try makeSocket(family: next.family)
            let result = next.withSockaddr { Glibc.connect(descriptor, $0, $1) } ?? -1
            if result == 0 || errno == EINPROGRESS {
                waitForConnection(descriptor)
            } else {
                let number = errno
                _ = Glibc.close(descriptor)
                connectNext(after: .fromErrno("cannot connect", number))
            }
        } catch {
            connectNext(after: error as? TLSError)
        }
    }

    private func waitForConnection(_ descriptor: Int32) {
        // The source watches a descriptor of its own, so that the connection can take over the other.
        let watched = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard watched >= 0 else {
            let number = errno
            _ = Glibc.close(descriptor)
            return fail("probe.unreachable", "cannot reach \(place): \(errorText(number))")
        }
        let source = DispatchSource.makeWriteSource(fileDescriptor: watched, queue: Self.queue)
        source.setEventHandler { [self] in
            guard connecting != nil else { return }
            connecting = nil
            source.cancel()
            connected(descriptor)
        }
        source.setCancelHandler { _ = Glibc.close(watched) }
        connecting = source
        pending = descriptor
        source.resume()
    }

    private func connected(_ descriptor: Int32) {
        pending = -1
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size)
        guard problem == 0 else {
            _ = Glibc.close(descriptor)
            return connectNext(after: .fromErrno("cannot connect", problem))
        }
        do {
            let conversation = try makeConversation()
            let made = TLSConnection(
                descriptor: descriptor, conversation: conversation, queue: Self.queue,
                onEnd: { [self] end in handshakeEnded(end) })
            connection = made
            made.start()
        } catch {
            _ = Glibc.close(descriptor)
            fail("probe.no-certificate", "\(place): \(error)")
        }
    }

    private func makeConversation() throws -> ConversationHandle {
        let context = try ContextHandle.probing()
        PeerCertificateCatcher.install(in: context)
        // An address is no server name (RFC 6066).
        let isName = serverName.contains { $0.isLetter } && !serverName.contains(":")
        let conversation = try ConversationHandle(context, side: .client(serverName: isName ? serverName : nil))
        catcher.attach(to: conversation)
        return conversation
    }

    private func handshakeEnded(_ end: TLSConnection.End) {
        if !catcher.certificates.isEmpty { return finish(.success(catcher.certificates)) }
        switch end {
        case .established: fail("probe.no-certificate", "\(place) speaks TLS but shows no certificate")
        case .failed(let error): fail("probe.no-certificate", "\(place) shows no certificate: \(error)")
        }
    }

    private func timedOut(after deadline: Duration) {
        if !catcher.certificates.isEmpty { return finish(.success(catcher.certificates)) }
        fail("probe.timed-out", "\(place) showed no certificate within \(deadline.formattedSeconds)")
    }

    private func fail(_ code: String, _ message: String) {
        finish(.failure(Fault(code, .failed, message)))
    }

    private func finish(_ result: Result<[Data], any Error>) {
        guard let answer else { return }
        self.answer = nil
        connecting?.cancel()
        connecting = nil
        if pending >= 0 { _ = Glibc.close(pending) }
        pending = -1
        let open = connection
        connection = nil
        open?.closeGracefully()
        // What the peer still says is of no interest, and a peer that never closes must not keep the socket.
        open?.close()
        answer.resume(with: result)
    }
}

extension Duration {
    /// For Dispatch; at most a day.
    var dispatchInterval: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        let nanoseconds = max(min(seconds, 86_400), 0) * 1_000_000_000 + max(attoseconds, 0) / 1_000_000_000
        return .nanoseconds(Int(nanoseconds))
    }

    /// `10 s`, `0.5 s`.
    fileprivate var formattedSeconds: String {
        let (seconds, attoseconds) = components
        let tenths = attoseconds / 100_000_000_000_000_000
        return tenths == 0 ? "\(seconds) s" : "\(seconds).\(tenths) s"
    }
}
