#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel

/// What was handed in to one authority: a file for each request, on disk and synced before the step it tells of is
/// taken. A line that is cut, or a process that dies, therefore never leads to a second order (rule C2).
struct SubmissionLedger: Sendable {
    /// `STATE/authorities/NAME`
    var folder: String
    var faults: AuthorityFaults

    init(stateFolder: String, faults: AuthorityFaults) {
        folder = "\(stateFolder)/authorities/\(faults.authority)"
        self.faults = faults
    }

    func path(of id: String) -> String { "\(folder)/\(id).json" }

    /// What is known of a request; a certificate that has expired answered an earlier question.
    func find(_ request: CheckedRequest) throws -> Submission? {
        guard let found = try find(Submission.id(of: request.request)) else { return nil }
        if let certificate = found.certificate, request.now > (try Certificate(certificate)).notAfter { return nil }
        return found
    }

    /// What is known of a request.
    ///
    /// - Throws: ``Fault`` for a file that cannot be read: nothing may be ordered then.
    func find(_ id: String) throws -> Submission? {
        guard try FileBytes.names(in: folder).contains("\(id).json") else { return nil }
        let data = try FileBytes.read(path(of: id))
        guard let found = try? JSONDecoder().decode(Submission.self, from: data), found.version == 1, found.id == id
        else {
            throw faults.fault(
                "ledger", "the record of a request cannot be read: \(path(of: id))",
                hint: "look at the authority for requests of this host, then move the file away")
        }
        return found
    }

    /// Durable when this returns.
    func write(_ submission: Submission) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileBytes.writeAtomically(
            encoder.encode(submission) + Data("\n".utf8), folder: folder, name: "\(submission.id).json")
    }

    func remove(_ id: String) throws { try FileBytes.remove(folder: folder, name: "\(id).json") }

    /// Keeps a page that nobody could make sense of, for people to read.
    ///
    /// - Returns: Its path.
    func keepEvidence(_ data: Data, of id: String) throws -> String {
        try FileBytes.writeAtomically(data, folder: "\(folder)/unclear", name: "\(id).html")
        return "\(folder)/unclear/\(id).html"
    }

    /// All that has no certificate yet.
    func pending() -> PendingList {
        var list = PendingList()
        do {
            for name in try FileBytes.names(in: folder) where name.hasSuffix(".json") {
                do {
                    guard let found = try find(String(name.dropLast(5))), found.state != .issued else { continue }
                    list.requests.append(pending(found))
                } catch {
                    list.notes.append("\(faults.fault(error).message)")
                }
            }
        } catch {
            list.notes.append("\(faults.authority): \(error)")
        }
        return list
    }

    private func pending(_ submission: Submission) -> PendingRequest {
        let since = submission.submittedAt.formatted(.iso8601)
        let words =
            switch submission.state {
            case .submitted: "outcome unknown since \(since)"
            case .waiting: "waits since \(since)"
            case .refused: "refused: \(submission.text ?? "")"
            case .issued: "issued"
            }
        return PendingRequest(
            authority: faults.authority, id: submission.requestID ?? submission.id, file: path(of: submission.id),
            subject: submission.subject, names: submission.names, words: words)
    }

    /// Forgets a request that has no certificate, by the authority's number or by our own id.
    ///
    /// - Returns: Whether there was one.
    func cancel(_ request: PendingRequest) throws -> Bool {
        let name = request.file.split(separator: "/").last.map(String.init) ?? ""
        guard request.file == "\(folder)/\(name)" else { return false }
        try FileBytes.remove(folder: folder, name: name)
        return true
    }
}
