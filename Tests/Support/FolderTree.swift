package import Foundation

/// Every file below a folder, by its path in it: for comparing before and after, and for searching by content.
package struct FolderTree: Sendable, Equatable {
    package let files: [String: Data]

    package init(_ root: String) throws {
        var files: [String: Data] = [:]
        guard let names = FileManager.default.enumerator(atPath: root) else {
            throw CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: root])
        }
        while let name = names.nextObject() as? String {
            // Sockets and folders hold no content.
            guard names.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(name)"))
        }
        self.files = files
    }

    private init(files: [String: Data]) { self.files = files }

    /// The files whose path the test accepts.
    package func filter(_ isWanted: (String) -> Bool) -> FolderTree {
        FolderTree(files: files.filter { isWanted($0.key) })
    }

    /// The paths, sorted.
    package var paths: [String] { files.keys.sorted() }

    /// The paths of what differs from a former state: changed, new or gone.
    package func changes(since former: FolderTree) -> [String] {
        Set(files.keys).union(former.files.keys).filter { files[$0] != former.files[$0] }.sorted()
    }

    /// The files that hold one of the patterns.
    package func holding(_ patterns: [Data]) -> [String] {
        files.filter { file in patterns.contains { file.value.range(of: $0) != nil } }.keys.sorted()
    }
}

/// The ways in which a secret may lie about: as it is, in UTF-16, in base64 at any offset, in hexadecimal.
package enum HiddenForms {
    /// Patterns to search for; each long enough not to be met by chance when `bytes` are eight or more.
    package static func of(_ bytes: Data) -> [Data] {
        var forms = [bytes]
        for offset in 0..<3 {
            // Base64 takes three bytes at a time: what lies before and behind the pattern changes its edges only.
            let text = Data(Data(repeating: 0, count: offset) + bytes).base64EncodedString()
            let first = offset == 0 ? 0 : 4
            let inner = text.dropFirst(first).prefix(((bytes.count - (3 - offset) % 3) / 3) * 4)
            if inner.count >= 8 { forms.append(Data(inner.utf8)) }
        }
        let digits = bytes.map { String(format: "%02x", $0) }.joined()
        return forms + [Data(digits.utf8), Data(digits.uppercased().utf8)]
    }

    /// The same for a text, which Windows would hold in UTF-16.
    package static func of(_ text: String) -> [Data] {
        let wide = Data(text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        return of(Data(text.utf8)) + of(wide)
    }
}
