/// Where something stands in a file: line and column count from 1, the column in characters.
package struct SourcePlace: Sendable, Hashable, Codable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// One mistake in a file of ours, with its place and, where one is known, what to write instead.
package struct Diagnostic: Sendable, Equatable, Codable, CustomStringConvertible {
    package var place: SourcePlace
    package var message: String
    package var hint: String?

    package init(_ place: SourcePlace, _ message: String, hint: String? = nil) {
        self.place = place
        self.message = message
        self.hint = hint
    }

    /// `file:line:column: message`, and the hint on a line of its own.
    package var description: String {
        "\(place): \(message)" + (hint.map { "\n  hint: \($0)" } ?? "")
    }
}

/// All mistakes that were found in one reading, in the order of the file.
package struct Diagnostics: Error, Sendable, Equatable, CustomStringConvertible {
    package var all: [Diagnostic]

    package init(_ all: [Diagnostic]) { self.all = all }

    package var description: String { all.map(\.description).joined(separator: "\n") }
}
