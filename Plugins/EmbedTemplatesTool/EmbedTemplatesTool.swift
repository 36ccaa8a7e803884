import Foundation

/// Writes the files of a folder as Swift string literals.
///
/// Raw literals compile in seconds where arrays of bytes take minutes, and they can be read in a debugger.
@main
struct EmbedTemplatesTool {
    static func main() throws {
        let arguments = CommandLine.arguments
        let folder = URL(fileURLWithPath: arguments[1], isDirectory: true)
        let output = URL(fileURLWithPath: arguments[2])
        var text =
            "// Made by the build from templates/.\n\nenum EmbeddedFiles {\n    static let all: [String: String] = [\n"
        for path in arguments.dropFirst(3).sorted() {
            let content = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
            text += "        #\"\(path)\"#: \(literal(content)),\n"
        }
        text += "    ]\n}\n"
        try text.write(to: output, atomically: true, encoding: .utf8)
    }

    /// A raw multi-line literal with one `#` more than any run of them in the text.
    static func literal(_ content: String) -> String {
        var longest = 0
        var run = 0
        for character in content {
            run = character == "#" ? run + 1 : 0
            longest = max(longest, run)
        }
        let marks = String(repeating: "#", count: longest + 1)
        return "\(marks)\"\"\"\n\(content)\n\"\"\"\(marks)"
    }
}
