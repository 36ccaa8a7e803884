#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates

/// The folder where answers arrive, each file read once.
struct Inbox: Sendable {
    var path: String
    private var read: [String: Content] = [:]

    private struct Content: Sendable {
        var data: Data
        var certificates: [Certificate]
        var note: String?
    }

    init(path: String) {
        self.path = path
    }

    /// What is in it now.
    ///
    /// - Throws: ``FileError`` when the folder itself cannot be read.
    mutating func look() throws -> InboxView {
        var view = InboxView()
        var present: [String: Content] = [:]
        for name in try FileBytes.names(in: path) {
            let content = content(of: name)
            present[name] = content
            view.files.append(InboxFile(path: "\(path)/\(name)", certificates: content.certificates))
            if let note = content.note { view.notes.append(note) }
        }
        read = present
        return view
    }

    private func content(of name: String) -> Content {
        do {
            let data = try FileBytes.read("\(path)/\(name)")
            if let known = read[name], known.data == data { return known }
            do {
                return Content(data: data, certificates: try CertificateBundle.read(data))
            } catch {
                return Content(data: data, certificates: [], note: "\(path)/\(name) was passed over: \(error)")
            }
        } catch {
            return Content(data: Data(), certificates: [], note: "\(path)/\(name) was passed over: \(error)")
        }
    }
}

/// What an inbox holds.
struct InboxView: Sendable {
    var files: [InboxFile] = []
    /// One sentence for each file that holds no certificate.
    var notes: [String] = []

    var certificates: [Certificate] { files.flatMap(\.certificates) }

    /// Answers that look as if they were meant for a request but have another key: one sentence each.
    func strays(for request: CertificateRequest, now: Date) -> [String] {
        files.flatMap { file in
            file.certificates.filter { certificate in
                !certificate.isAuthority && certificate.publicKey != request.publicKey && certificate.notAfter > now
                    && certificate.commonName.lowercased() == request.commonName.lowercased()
            }.map { "\(file.path) is for \($0.commonName) but has another key" }
        }
    }

    /// The certificates with that key, the newest first; expired ones answered an earlier question.
    func answers(to publicKey: Data, now: Date) -> [Certificate] {
        certificates.filter { $0.publicKey == publicKey && $0.notAfter > now }.sorted { $0.notBefore > $1.notBefore }
    }
}

/// A file of an inbox with what it holds.
struct InboxFile: Sendable {
    var path: String
    var certificates: [Certificate]
}
