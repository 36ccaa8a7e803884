import Certificates
package import FoundationEssentials

/// Plays the clerk of drop-folder authorities: `lab sign`.
package enum LabClerk {
    /// The form of an answer.
    package enum Format: String, Sendable, CaseIterable {
        /// The certificate alone, in `<request>.cer`.
        case der
        /// The certificate and its issuing authority, in `<request>.pem`.
        case pem
        /// The certificate with its whole chain, in `<request>.p7b` (DER).
        case pkcs7
    }

    /// One request that was answered.
    package struct Answer: Sendable, Equatable {
        package var authority: String
        /// Absolute.
        package var request: String
        /// Absolute.
        package var answer: String
        package var commonName: String
        package var serial: String
    }

    /// Signs the requests that lie in the outboxes and puts the answers into the inboxes.
    ///
    /// A key that was signed before gets the same certificate again. Requests are left where they are: taking them
    /// away is up to whoever wrote them. Files that are no requests are passed over.
    ///
    /// - Parameter only: Answers these alone: names of files, with or without their ending, or common names.
    /// - Throws: ``LabError`` `unknown` for a name of `only` that no request has, or a lab without drop folders.
    package static func sign(
        folder path: String, format: Format = .pem, only: [String] = [], now: Date = Date()
    ) throws -> [Answer] {
        let folder = try LabFolder(existing: path)
        let authorities = try LabRecord.read(folder).authorities.filter(\.dropFolder)
        guard !authorities.isEmpty else {
            throw LabError(.unknown, "no authority of this lab is a drop folder: there is nothing to sign")
        }
        let waiting = try authorities.flatMap { try requests(of: $0, in: folder) }
        for name in only where !waiting.contains(where: { $0.isCalled(name) }) {
            throw LabError(
                .unknown, "no request is called '\(name)'",
                hint: "requests: \(waiting.map(\.file).joined(separator: ", "))")
        }
        return try waiting.filter { request in only.isEmpty || only.contains { request.isCalled($0) } }
            .map { try answer($0, format: format, in: folder, now: now) }
    }

    /// Whether any authority of the lab is a drop folder.
    package static func hasOutboxes(folder path: String) throws -> Bool {
        try LabRecord.read(LabFolder(existing: path)).authorities.contains(where: \.dropFolder)
    }

    private struct Waiting {
        var authority: LabRecord.Authority
        var file: String
        var request: CertificateRequest

        /// The file's name without its ending.
        var base: String { file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file }

        func isCalled(_ name: String) -> Bool {
            name == file || name == base || name.lowercased() == request.commonName.lowercased()
        }
    }

    private static func requests(of authority: LabRecord.Authority, in folder: LabFolder) throws -> [Waiting] {
        let outbox = folder.outbox(authority.name)
        return try StateFile.names(in: outbox).compactMap { file in
            guard !file.hasPrefix("."), let content = try StateFile.read("\(outbox)/\(file)"),
                let request = try? CertificateRequest(content)
            else { return nil }
            return Waiting(authority: authority, file: file, request: request)
        }
    }

    private static func answer(_ waiting: Waiting, format: Format, in folder: LabFolder, now: Date) throws -> Answer {
        let authority = waiting.authority
        let signer = try LabAuthorities.signer(authority.name, in: folder)
        let issued = folder.issued(authority.name)
        let certificate: Certificate
        if let former = try signed(waiting.request.publicKey, in: issued) {
            certificate = former
        } else {
            certificate = try signer.sign(
                waiting.request, validity: Validity(days: authority.days, from: now),
                revocationList: SeedPlan.revocationList(of: authority.name))
            try StateFile.write(certificate.der, to: "\(issued)/\(certificate.serial).cer")
        }
        let inbox = "\(folder.inbox(authority.name))/\(waiting.base)"
        let (path, content): (String, Data) =
            switch format {
            case .der: (inbox + ".cer", certificate.der)
            case .pem: (inbox + ".pem", CertificateBundle.pem([certificate, signer.certificate]))
            case .pkcs7:
                (
                    inbox + ".p7b",
                    try CertificateBundle.pkcs7([certificate, signer.certificate, try root(in: folder)])
                )
            }
        try StateFile.write(content, to: path)
        return Answer(
            authority: authority.name, request: "\(folder.outbox(authority.name))/\(waiting.file)", answer: path,
            commonName: certificate.commonName, serial: certificate.serial)
    }

    private static func signed(_ key: Data, in issued: String) throws -> Certificate? {
        for name in try StateFile.names(in: issued) where name.hasSuffix(".cer") {
            guard let content = try StateFile.read("\(issued)/\(name)") else { continue }
            let certificate = try Certificate(content)
            if certificate.publicKey == key { return certificate }
        }
        return nil
    }

    private static func root(in folder: LabFolder) throws -> Certificate {
        guard let content = try StateFile.read(folder.root + ".cer") else {
            throw LabError(.folder, "the lab's root certificate is missing: \(folder.root).cer")
        }
        return try Certificate(content)
    }
}
