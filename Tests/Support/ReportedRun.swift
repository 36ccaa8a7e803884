import Foundation

/// What the tests read of `report --format json`: what happened, in the journal's own order.
package struct ReportedRun: Decodable, Sendable {
    package struct Event: Decodable, Sendable {
        package let subject: String?
        package let text: String
    }
    package struct Step: Decodable, Sendable {
        package let step: String
        package let subject: String
        package let part: String
        package let status: String?
    }
    package struct Host: Decodable, Sendable {
        package let name: String
        package let steps: [Step]
    }
    package struct Run: Decodable, Sendable {
        package let id: String
        package let command: String
        package let state: String
        package let exitCode: Int?
        package let timeline: [Event]
        package let hosts: [Host]
    }
    package let run: Run
}

/// When a host's switch began and ended, counted in events.
package struct SwitchSpan: Sendable, Equatable {
    package let host: String
    package let first: Int
    package let last: Int

    /// Whether both were in change at one time.
    package func overlaps(_ other: SwitchSpan) -> Bool { first < other.last && other.first < last }
}

extension ReportedRun {
    /// The switch parts of the run, in the order in which they began.
    package var switches: [SwitchSpan] {
        var begun: [String: Int] = [:]
        var spans: [SwitchSpan] = []
        for (place, event) in run.timeline.enumerated() {
            guard let host = event.subject else { continue }
            if event.text.hasPrefix("switch begins") { begun[host] = place }
            if event.text.hasPrefix("switched"), let first = begun.removeValue(forKey: host) {
                spans.append(SwitchSpan(host: host, first: first, last: place))
            }
        }
        return spans.sorted { $0.first < $1.first }
    }
}

extension LabProject {
    /// The report of a run; none named: the newest.
    package func report(_ id: String? = nil) async throws -> ReportedRun {
        let words = ["--project", path, "report"] + (id.map { [$0] } ?? []) + ["--format", "json"]
        return try JSONDecoder().decode(ReportedRun.self, from: Data(try await certfleet(words).output.utf8))
    }
}
