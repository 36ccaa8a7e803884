#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Descriptors
import Dispatch
import FleetModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One probe on its way: look up, connect, shake hands, report once.
///
/// Sendable because everything in it is touched on the watch's queue only, once it is made.
final class ProbeAttempt: @unchecked Sendable {
    private static let resolver = DispatchQueue(label: "tls.names", attributes: .concurrent)

    private let watch: DescriptorWatch
    private let address: String
    private let port: Int
    private let serverName: String
    private var answer: CheckedContinuation<[Data], any Error>?
    private var addresses: ArraySlice<SocketAddress> = []
    /// The socket that is being connected, until a connection takes it over.
    private var pending: (descriptor: Int32, watched: DescriptorWatch.Watched)?
    private var connection: TLSConnection?
    private let catcher = PeerCertificateCatcher()

    private init(
        _ watch: DescriptorWatch, address: String, port: Int, serverName: String,
        answer: CheckedContinuation<[Data], any Error>
    ) {
        self.watch = watch
        self.address = address
        self.port = port
        self.serverName = serverName
        self.answer = answer
    }

    /// - Returns: The certificates shown, DER, the server's own first.
    static func run(address: String, port: Int, serverName: String, deadline: Duration) async throws -> [Data] {
        let watch: DescriptorWatch
        do { watch = try watchOfSockets() } catch {
            throw Fault("probe.unreachable", .failed, "cannot reach \(address) port \(port): \(error)")
        }
        return try await withCheckedThrowingContinuation { continuation in
            let attempt = ProbeAttempt(
                watch, address: address, port: port, serverName: serverName, answer: continuation)
            watch.queue.asyncAfter(deadline: .now() + deadline.dispatchInterval) { [weak attempt] in
                attempt?.timedOut(after: deadline)
            }
            resolver.async { attempt.resolve() }
        }
    }

    private var place: String { "\(address) port \(port)" }

    /// On the resolver's queue; touches only what never changes.
    private func resolve() {
        let found = Result { try SocketAddress.resolve(address, port: port) }
        watch.queue.async { [self] in
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
        let watched = watch.watch(descriptor) { [self] watched in
            watched.end()
            pending = nil
            connected(descriptor)
        }
        guard let watched else {
            let number = errno
            _ = Glibc.close(descriptor)
            return fail("probe.unreachable", "cannot reach \(place): \(errorText(number))")
        }
        pending = (descriptor, watched)
    }

    private func connected(_ descriptor: Int32) {
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
                descriptor: descriptor, conversation: conversation, watch: watch,
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
        if let pending {
            pending.watched.end()
            _ = Glibc.close(pending.descriptor)
        }
        pending = nil
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
