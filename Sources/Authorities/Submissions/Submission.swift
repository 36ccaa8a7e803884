#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel

/// What is known of one request that was handed in, or is about to be (rule C2).
struct Submission: Sendable, Codable, Equatable {
    enum State: String, Sendable, Codable {
        /// Written before anything leaves. Found by a later process, it means: the authority may have it.
        case submitted
        /// The authority has it and knows it by ``Submission/requestID``, or promised an answer.
        case waiting
        case issued
        /// An answer came that was not what was ordered.
        case refused
    }

    var version = 1
    var id: String
    var state: State
    var order: String
    var host: String
    /// `CN=…, O=…`
    var subject: String
    var names: [String]
    /// SHA-256 of the request's DER, to recognise it at the authority.
    var request: String
    var submittedAt: Date
    /// The authority's own number of it.
    var requestID: String?
    /// What an authority without numbers said, or why an answer was refused.
    var text: String?
    /// DER.
    var certificate: Data?
    /// DER, nearest issuer first, root last.
    var chain: [Data]?

    init(_ request: CheckedRequest) {
        id = Self.id(of: request.request)
        state = .submitted
        order = request.order.id
        host = request.host
        subject = request.request.subject
        names = request.request.dnsNames
        self.request = Digest.sha256(request.request.der)
        submittedAt = request.now
    }

    /// The same for every request with that key, subject and names, however often it was signed.
    static func id(of request: CertificateRequest) -> String {
        var bytes = request.publicKey + request.subjectDER
        for name in request.dnsNames.map({ $0.lowercased() }).sorted() { bytes += Data((name + "\n").utf8) }
        return Digest.sha256(bytes).prefix(24).lowercased()
    }
}
