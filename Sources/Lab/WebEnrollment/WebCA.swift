import Certificates
import FleetModel
import FoundationEssentials

/// The certification authority behind the pages: its requests are files.
struct WebCA: Sendable {
    let folder: LabFolder
    let authority: String

    private var requests: String { folder.webRequests(authority) }

    func all() throws -> [WebRequestRecord] {
        try StateFile.names(in: requests).filter { $0.hasSuffix(".json") }.compactMap {
            try StateFile.readJSON(WebRequestRecord.self, "\(requests)/\($0)")
        }.sorted { $0.id < $1.id }
    }

    func find(_ id: Int) throws -> WebRequestRecord? {
        try StateFile.readJSON(WebRequestRecord.self, "\(requests)/\(id).json")
    }

    /// Takes a request in under the next number; they begin at 40, so that none is a small number of a sentence.
    func take(_ request: CertificateRequest, template: String?) throws -> WebRequestRecord {
        let record = WebRequestRecord(
            id: (try all().last?.id ?? 39) + 1, state: .pending, request: String(decoding: request.pem, as: UTF8.self),
            commonName: request.commonName, template: template)
        try write(record)
        return record
    }

    func write(_ record: WebRequestRecord) throws {
        try StateFile.writeJSON(record, to: "\(requests)/\(record.id).json")
    }

    func issue(_ record: WebRequestRecord, faults: [WebFault], now: Date) throws -> WebRequestRecord {
        var record = record
        let site = try WebSiteRecord.read(authority, in: folder)
        let signer = try LabAuthorities.signer(authority, in: folder)
        let request = try CertificateRequest(Data(record.request.utf8))
        let days = faults.contains(.short) ? 1 : site.days
        let validity =
            faults.contains(.short)
            ? Validity(notBefore: now.addingTimeInterval(-2 * 86_400), notAfter: now.addingTimeInterval(-86_400))
            : Validity(days: days, from: now)
        var certificate = try signer.sign(
            request, validity: validity, revocationList: SeedPlan.revocationList(of: authority))
        if faults.contains(.otherKey) || faults.contains(.dropsNames) {
            let content = CertificateContent(
                subject: .init(commonName: request.commonName), dnsNames: Array(certificate.dnsNames.prefix(1)),
                ekus: certificate.ekus, validity: validity)
            let key = faults.contains(.otherKey) ? signer.certificate.publicKey : request.publicKey
            certificate = try signer.issue(content, publicKey: key)
        }
        try StateFile.write(certificate.der, to: "\(folder.issued(authority))/\(certificate.serial).cer")
        record.state = .issued
        record.serial = certificate.serial
        try write(record)
        return record
    }

    func certificate(_ record: WebRequestRecord) throws -> Certificate? {
        guard let serial = record.serial,
            let content = try StateFile.read("\(folder.issued(authority))/\(serial).cer")
        else { return nil }
        return try Certificate(content)
    }
}
