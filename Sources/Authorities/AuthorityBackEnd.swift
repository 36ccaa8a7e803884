#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Certificates
import FleetModel

/// One authority of the inventory, as the router asks it.
///
/// Back ends read and write files and sign, so each works on a queue of its own and the router waits without holding
/// a cooperative thread.
protocol AuthorityBackEnd: Sendable {
    /// Hands in, or asks after what was handed in before. The request was held against its order already.
    func issue(_ request: CheckedRequest) -> IssueOutcome

    /// What has been handed in and waits; empty for authorities that answer at once.
    func pending() -> PendingList

    /// Forgets one of ``pending()``.
    ///
    /// - Returns: Whether it was one of this authority's.
    func cancel(_ request: PendingRequest) throws -> Bool

    /// The secrets that ``issue(_:)`` needs, by their names in the inventory.
    var secretNames: [String] { get }
}

extension AuthorityBackEnd {
    var secretNames: [String] { [] }
}

/// A request that was read and fits its order.
struct CheckedRequest: Sendable {
    var order: CertificateOrder
    var host: String
    var request: CertificateRequest
    var now: Date
    /// By the names that the back end asked for.
    var secrets: [String: Secret] = [:]
}

/// A request that rests until somebody answers it, or whose fate is not known.
package struct PendingRequest: Sendable, Equatable {
    package var authority: String
    /// What ``IssueOutcome/pending(id:text:)`` gave.
    package var id: String
    /// The request's file, or the record of its submission.
    package var file: String
    /// `CN=…, O=…`
    package var subject: String
    package var names: [String]
    /// How it stands, where the file itself does not tell; empty for an outbox.
    package var words: String

    package init(
        authority: String, id: String, file: String, subject: String, names: [String], words: String = ""
    ) {
        self.authority = authority
        self.id = id
        self.file = file
        self.subject = subject
        self.names = names
        self.words = words
    }
}

/// What waits, and what is odd about the folders: one sentence each, beginning with the authority's name.
package struct PendingList: Sendable, Equatable {
    package var requests: [PendingRequest]
    package var notes: [String]

    package init(requests: [PendingRequest] = [], notes: [String] = []) {
        self.requests = requests
        self.notes = notes
    }
}

/// The faults of an authority: each message begins with its name.
struct AuthorityFaults: Sendable {
    var authority: String

    func fault(_ code: String, _ text: String, hint: String? = nil, details: [String] = []) -> Fault {
        Fault("authority.\(code)", .failed, "\(authority): \(text)", hint: hint, details: details)
    }

    /// Any error as a fault of this authority; its own are complete already.
    func fault(_ error: any Error) -> Fault {
        guard var fault = error as? Fault else { return fault("failed", "\(error)") }
        if !fault.code.hasPrefix("authority.") { fault.message = "\(authority): \(fault.message)" }
        return fault
    }
}
