import Certificates
import Dispatch
import FleetModel
import Foundation
import SSHTransport

/// What getting in to hosts takes, looked up once per run and not once per host: private keys, pinned host keys, names.
actor HostAccess {
    private struct KeyFile: Hashable {
        let path: String
        let passphrase: String?
    }

    private struct Place: Hashable {
        let host: String
        let port: UInt16
    }

    private let secrets: SecretStore
    private let say: @Sendable (String) -> Void
    private let ownKnownHosts: String?
    private var keys: [KeyFile: Task<SSHAuthentication, any Error>] = [:]
    private var policies: [String: Task<HostKeyPolicy, any Error>] = [:]
    private var addresses: [Place: Task<[SSHAddress], any Error>] = [:]
    /// Opening a key may take a moment (a passphrase is stretched on purpose): not on a thread of the pool.
    private static let queue = DispatchQueue(label: "certfleet.keyfiles")

    /// - Parameters:
    ///   - ownKnownHosts: Where the person's own pins are.
    ///   - say: Takes a hint to the person, once for each key.
    init(
        secrets: SecretStore, ownKnownHosts: String? = HostAccess.ownKnownHosts,
        say: @escaping @Sendable (String) -> Void
    ) {
        self.secrets = secrets
        self.ownKnownHosts = ownKnownHosts
        self.say = say
    }

    // MARK: Private keys

    /// The way to sign in with a key file: it is opened here when it can be, else by the transport for each host anew,
    /// which then also says what is wrong with it.
    ///
    /// - Throws: ``Fault`` of the passphrase's secret.
    func key(_ path: String, passphrase: String?) async throws -> SSHAuthentication {
        let file = KeyFile(path: path, passphrase: passphrase)
        if let known = keys[file] { return try await known.value }
        let task = Task { try await read(file) }
        keys[file] = task
        do {
            return try await task.value
        } catch {
            keys[file] = nil
            throw error
        }
    }

    private func read(_ file: KeyFile) async throws -> SSHAuthentication {
        let phrase: Secret? = if let name = file.passphrase { try await secrets.secret(name) } else { nil }
        do {
            let key = try await Self.open(file.path, phrase)
            return .held(publicKey: key.publicKey) { try key.sign($0) }
        } catch let error as CertificateError where error.code == .sealed {
            say(
                """
                note: \(file.path) is an OpenSSH key with a passphrase and has to be opened for each host anew, which is slow
                hint: ssh-add \(file.path), and auth: [agent] in the inventory's ssh

                """)
        } catch {
            // The transport says it, for each host, in its own words.
        }
        guard let phrase else { return .key(path: file.path) }
        return .key(path: file.path) { phrase.revealed }
    }

    private static func open(_ path: String, _ phrase: Secret?) async throws -> SSHPrivateKey {
        try await withCheckedThrowingContinuation { done in
            queue.async {
                done.resume(
                    with: Result {
                        var bytes = FileManager.default.contents(atPath: path) ?? Data()
                        defer { bytes.resetBytes(in: bytes.startIndex..<bytes.endIndex) }
                        return try SSHPrivateKey(file: Secret(bytes), passphrase: phrase)
                    })
            }
        }
    }

    // MARK: Host keys and names

    /// The person's own file.
    static var ownKnownHosts: String? { getenv("HOME").map { String(cString: $0) + "/.ssh/known_hosts" } }

    /// The host keys that are pinned in a file, and in the person's own `~/.ssh/known_hosts`.
    func hostKeys(in file: String?) async throws -> HostKeyPolicy {
        let file = file ?? ""
        let files = [file, ownKnownHosts ?? ""].filter { !$0.isEmpty }
        if let known = policies[file] { return try await known.value }
        let task = Task { try HostKeyPolicy(files: files) }
        policies[file] = task
        return try await task.value
    }

    /// The addresses behind a name. A look-up that failed is made again when it is next wanted.
    func addresses(of host: String, port: UInt16) async throws -> [SSHAddress] {
        let place = Place(host: host, port: port)
        if let known = addresses[place] { return try await known.value }
        let task = Task { try await SSHAddress.resolve(host, port: port) }
        addresses[place] = task
        do {
            return try await task.value
        } catch {
            addresses[place] = nil
            throw error
        }
    }
}
