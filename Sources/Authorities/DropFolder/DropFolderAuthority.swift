#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel
import Synchronization

/// An authority behind people: requests are written to a folder, answers are expected in another, days later.
///
/// Answers may have any name and form; a certificate belongs to the request whose public key it has. They stay in the
/// inbox, so that a run that dies after an answer was taken finds it again.
final class DropFolderAuthority: AuthorityBackEnd {
    private let faults: AuthorityFaults
    private let outbox: String
    private let chainPaths: [String]
    private let inbox: Mutex<Inbox>

    init(name: String, outbox: String, inbox: String, chainPaths: [String]) {
        faults = AuthorityFaults(authority: name)
        self.outbox = outbox
        self.chainPaths = chainPaths
        self.inbox = Mutex(Inbox(path: inbox))
    }

    func issue(_ request: CheckedRequest) -> IssueOutcome {
        let name = OutboxName(order: request.order.id, host: request.host, publicKey: request.request.publicKey)
        do {
            // Calls come one at a time from the authority's queue; the lock is never waited for.
            let view = try inbox.withLock { try $0.look() }
            let found = view.answers(to: request.request.publicKey, now: request.now)
            guard !found.isEmpty else {
                try write(request.request, name)
                let notes = view.notes + view.strays(for: request.request, now: request.now)
                return .pending(id: name.id, text: pendingText(name, notes: notes))
            }
            let accepted = try accept(found, request: request, beside: view.certificates)
            try FileBytes.remove(folder: outbox, name: name.file)
            return .issued(accepted)
        } catch {
            return .failed(faults.fault(error))
        }
    }

    func cancel(_ request: PendingRequest) throws -> Bool {
        let name = request.id + ".csr"
        guard request.file == "\(outbox)/\(name)" else { return false }
        try FileBytes.remove(folder: outbox, name: name)
        return true
    }

    func pending() -> PendingList {
        var list = PendingList()
        do {
            let view = try inbox.withLock { try $0.look() }
            list.notes = view.notes.map { "\(faults.authority): \($0)" }
            var keys: Set<Data> = []
            for name in try FileBytes.names(in: outbox) where name.hasSuffix(".csr") {
                guard let request = try? CertificateRequest(FileBytes.read("\(outbox)/\(name)")) else {
                    list.notes.append("\(faults.authority): \(outbox)/\(name) is no certificate request")
                    continue
                }
                keys.insert(request.publicKey)
                list.requests.append(
                    PendingRequest(
                        authority: faults.authority, id: String(name.dropLast(4)), file: "\(outbox)/\(name)",
                        subject: request.subject, names: request.dnsNames))
            }
        } catch {
            list.notes.append("\(faults.authority): \(error)")
        }
        return list
    }

    private func pendingText(_ name: OutboxName, notes: [String]) -> String {
        let first = "\(faults.authority): the request is in \(outbox)/\(name.file) and waits for its certificate"
        return ([first] + notes).joined(separator: "; ")
    }

    /// The same bytes are not written twice: whoever works on the file may go on.
    private func write(_ request: CertificateRequest, _ name: OutboxName) throws {
        if let present = try? FileBytes.read("\(outbox)/\(name.file)"), present == request.pem { return }
        try FileBytes.writeAtomically(request.pem, folder: outbox, name: name.file)
    }

    /// The newest answer that fits; when none does, the newest one's differences.
    private func accept(
        _ found: [Certificate], request: CheckedRequest, beside others: [Certificate]
    ) throws -> IssuedCertificate {
        let comparison = CertificateComparison(order: request.order, now: request.now)
        let fitting = found.first { comparison.differences(of: $0, request: request.request).isEmpty }
        guard let certificate = fitting ?? found.first else {
            throw faults.fault("failed", "no answer")
        }
        // Where the inventory names no root, those that came with the answers have to do.
        let judge = AnswerJudge(faults: faults, chainPaths: chainPaths, trustsAnswer: true)
        try judge.compare(
            certificate, with: request, hint: "have it issued again for the same request and put it into the inbox")
        return try judge.answer(
            certificate, beside: others, now: request.now,
            hint: "put the issuing certificates into the inbox too, or name them under the authority's chain")
    }
}

/// The file of a request: the same request always has the same name.
struct OutboxName {
    var id: String

    var file: String { id + ".csr" }

    init(order: String, host: String, publicKey: Data) {
        id = "\(Self.plain(order))-\(Self.plain(host))-\(Digest.sha256(publicKey).prefix(12).lowercased())"
    }

    /// Names come from the inventory; as a file name they must not lead anywhere else.
    private static func plain(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "-" })
    }
}
