import Foundation

/// What differs from run to run and from machine to machine, replaced by its name; widths are kept where columns stand.
struct Volatile {
    /// Paths that are shown by a word of their own, the longest first.
    var paths: [(path: String, word: String)] = []

    /// The text with its volatile parts replaced.
    func replaced(_ text: String) -> String {
        var text = text
        for (path, word) in paths { text = text.replacing(path, with: word) }
        return
            text
            .replacing(#/\b\d{8}-\d{4}-[0-9a-f]{4}\b/#, with: "<run-of-18-letter>")
            .replacing(#/\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/#, with: "<time-of-16-ch.>")
            .replacing(#/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#, with: "<time>")
            .replacing(#/\b\d{4}-\d\d-\d\d\b/#, with: "<date-of->")
            .replacing(#/\b\d\d:\d\d:\d\d\b/#, with: "<clock->")
            .replacing(#/\b[0-9A-F]{40}\b/#, with: "<thumbprint>")
            .replacing(#/\b[0-9A-F]{8}…/#, with: "<thumb->…")
            .replacing(#/\b[0-9A-F]{30,36}\b/#, with: "<serial>")
            .replacing(#/\bprocess \d+/#, with: "process <pid>")
            .replacing(#/127\.0\.0\.1:\d+/#, with: "127.0.0.1:<port>")
            .replacing(#/\b\d+(\.\d+)? (ms|s)\b/#, with: "<duration>")
    }
}
