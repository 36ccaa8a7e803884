import FleetModel
import Foundation
import SSHTransport

/// A known_hosts file that is changed: other lines stay as they are, byte for byte.
struct KnownHostsFile: Sendable {
    let path: String
    private(set) var text: String

    /// - Throws: ``Refusal`` 65 when it is there and cannot be read.
    init(path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            text = ""
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(.badInput, "\(path) cannot be read")
        }
        text = String(decoding: data, as: UTF8.self)
    }

    init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// The keys that the file allows or forbids for a host.
    func pins(_ host: FleetModel.Host) -> [HostKeyPolicy.Pin] {
        HostKeyPolicy(text: text, file: path).pins(for: host.address, port: UInt16(clamping: host.ssh.port))
    }

    /// Puts these keys in place of all that were allowed for the host. Lines that revoke keys stay, and so do patterns,
    /// which speak of other hosts too.
    mutating func replace(_ host: FleetModel.Host, with keys: [HostKey]) {
        let port = UInt16(clamping: host.ssh.port)
        let name = HostKeyPolicy.name(of: host.address, port: port)
        let old = Set(pins(host).filter { !$0.isRevoked }.map(\.line))
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        lines = lines.enumerated().compactMap { index, line in
            old.contains(index + 1) ? Self.without(name, line) : line
        }
        lines += keys.map { $0.knownHostsLine(host: host.address, port: port) }
        text = lines.map { $0 + "\n" }.joined()
    }

    /// The line without a name; nil when no other name is left.
    private static func without(_ name: String, _ line: String) -> String? {
        let fields = line.split(maxSplits: 1, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
        guard fields.count == 2, !fields[0].hasPrefix("|") else { return nil }
        let names = fields[0].split(separator: ",")
        let others = names.filter { $0.lowercased() != name.lowercased() }
        if others.count == names.count { return line }
        return others.isEmpty ? nil : "\(others.joined(separator: ",")) \(fields[1])"
    }

    /// Writes the file as a whole: whoever reads it meanwhile sees the old one or the new one.
    ///
    /// - Throws: ``Refusal`` 73.
    func write() throws {
        // A link stays a link.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let temporary = target.path + ".\(getpid()).new"
        let mode = (try? FileManager.default.attributesOfItem(atPath: target.path)[.posixPermissions] as? Int) ?? 0o644
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { throw Self.problem(path, errno) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
        } catch {
            unlink(temporary)
            throw Refusal(.cannotWriteState, "\(path) cannot be written: \(error.localizedDescription)")
        }
        guard rename(temporary, target.path) == 0 else {
            let number = errno
            unlink(temporary)
            throw Self.problem(path, number)
        }
    }

    private static func problem(_ path: String, _ number: Int32) -> Refusal {
        Refusal(.cannotWriteState, "\(path) cannot be written: \(String(cString: strerror(number)))")
    }
}
