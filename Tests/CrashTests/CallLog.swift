import Foundation

/// Which changing calls reached a host, and how often: from the lab's transcripts of what it received.
struct CallLog {
    /// `fe01 assign`, `edge02 stop RTCMRAUTH` → how often.
    private(set) var counts: [String: Int] = [:]

    private struct Frame: Decodable {
        struct Value: Decodable {
            var text: String?

            init(from decoder: any Decoder) throws {
                let value = try decoder.container(keyedBy: Key.self)
                text =
                    (try? value.decode(String.self, forKey: .v))
                    ?? (try? value.decode([String].self, forKey: .v))?.joined(separator: ",")
            }

            enum Key: String, CodingKey { case v }
        }

        var k: String
        var id: String?
        var cmd: String?
        var p: [String: Value]?
    }

    init(_ lab: CrashLab) throws {
        guard FileManager.default.fileExists(atPath: lab.transcripts) else { return }
        for file in try FileManager.default.contentsOfDirectory(atPath: lab.transcripts) {
            let host = file.split(separator: "-").first.map(String.init) ?? file
            let text = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(lab.transcripts)/\(file)")), as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix(#"{"k":"invoke""#) {
                guard let frame = try? JSONDecoder().decode(Frame.self, from: Data(line.utf8)), let id = frame.id,
                    Self.steps.contains(id), frame.cmd?.contains("\\Get-") == false
                else { continue }
                let item = Self.telling.compactMap { frame.p?[$0]?.text }.first ?? ""
                counts["\(host) \(id) \(item)", default: 0] += 1
            }
        }
    }

    /// Calls whose work lasts: what a session leaves nothing of (folder, answer, export) may be made again, and a
    /// request whose text was lost must be.
    private static let steps: Set<String> = [
        "roots", "intermediates", "import", "import-copy", "stop-all", "stop", "assign", "start-all", "start",
        "startup-mode", "router-startup-mode",
    ]

    /// What tells two calls of the same step apart: the service, the answer, the usages, the order.
    private static let telling = ["Name", "Path", "Type", "FriendlyName"]

    var repeated: [String] { counts.filter { $0.value > 1 }.keys.sorted() }
}
