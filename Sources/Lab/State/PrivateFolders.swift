import FoundationEssentials
import Glibc

/// The agent's own folders on a host, for requests, answers and bundles: `private/<name>/`.
package struct PrivateFolders: Sendable {
    let folder: String

    /// Where they are on the Windows side.
    static let windowsRoot = #"C:\ProgramData\certfleet"#

    package func names() throws -> [String] { try StateFile.names(in: folder) }

    package func files(in name: String) throws -> [String] { try StateFile.names(in: path(name)) }

    func exists(_ name: String) throws -> Bool { try names().contains(name) }

    func make(_ name: String) throws {
        try StateFile.makeFolder(path(name), mode: 0o700)
    }

    func write(_ bytes: some ContiguousBytes, folder name: String, file: String) throws {
        try StateFile.write(bytes, to: path(name, file), mode: 0o600)
    }

    func read(folder name: String, file: String) throws -> Data? {
        try StateFile.read(path(name, file))
    }

    func remove(folder name: String, file: String) throws -> Bool {
        try overwrite(path(name, file))
        return try StateFile.remove(path(name, file))
    }

    /// Overwrites and removes the files, then the folder; harmless when it is gone.
    func remove(_ name: String) throws {
        for file in try files(in: name) { _ = try remove(folder: name, file: file) }
        guard rmdir(try path(name)) == 0 || errno == ENOENT else {
            throw StateError(.system, "removing private folder \(name)", number: errno)
        }
    }

    /// The name of one of our folders from its Windows path; `nil` for any other place.
    static func name(ofWindowsPath path: String) -> String? {
        guard path.lowercased().hasPrefix(windowsRoot.lowercased() + "\\") else { return nil }
        let name = String(path.dropFirst(windowsRoot.count + 1))
        return isPlain(name) ? name : nil
    }

    /// Letters, digits, `_`, `-` and inner dots, at most 64: what the agent accepts as a name.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 64, first != UInt8(ascii: ".") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    private func path(_ names: String...) throws -> String {
        for name in names where !Self.isPlain(name) { throw StateError(.name, "'\(name)' is no plain name") }
        return ([folder] + names).joined(separator: "/")
    }

    private func overwrite(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
        _ = Glibc.write(descriptor, zeros, zeros.count)
    }
}
