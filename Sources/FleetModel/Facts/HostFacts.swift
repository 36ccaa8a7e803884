#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A certificate in one of a host's stores, as the agent's `Get-StoreCertificate` describes it.
package struct StoreCertificate: Sendable, Equatable, Codable {
    /// Upper-case hex SHA-1.
    package var thumbprint: String
    package var subject: String
    package var issuer: String
    package var serialNumber: String
    package var notBefore: Date
    package var notAfter: Date
    package var friendlyName: String
    package var dnsNames: [String]
    package var ekus: [String]
    package var isAuthority: Bool
    package var selfIssued: Bool
    package var keySize: Int?
    package var hasPrivateKey: Bool
    /// `nil` where the key's provider does not say.
    package var keyExportable: Bool?
    package var keyProblem: String?

    package init(
        thumbprint: String, subject: String, issuer: String, serialNumber: String, notBefore: Date, notAfter: Date,
        friendlyName: String = "", dnsNames: [String], ekus: [String], isAuthority: Bool = false,
        selfIssued: Bool = false, keySize: Int? = nil, hasPrivateKey: Bool, keyExportable: Bool? = nil,
        keyProblem: String? = nil
    ) {
        self.thumbprint = thumbprint
        self.subject = subject
        self.issuer = issuer
        self.serialNumber = serialNumber
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.friendlyName = friendlyName
        self.dnsNames = dnsNames
        self.ekus = ekus
        self.isAuthority = isAuthority
        self.selfIssued = selfIssued
        self.keySize = keySize
        self.hasPrivateKey = hasPrivateKey
        self.keyExportable = keyExportable
        self.keyProblem = keyProblem
    }
}

/// What a survey found on one host.
package struct HostFacts: Sendable, Equatable, Codable {
    package var host: String
    package var powerShell: String?
    /// As the server names itself.
    package var fqdn: String?
    /// The account that the agent runs as, and whether it is an elevated administrator.
    package var account: String?
    package var isElevated: Bool?
    /// Modules of the product that are installed.
    package var modules: [String] = []
    /// What is wrong with its trust, in the agent's words.
    package var trust: [TrustProblem] = []
    package var my: [StoreCertificate]
    /// Thumbprints in the machine's Trusted Root and intermediate stores.
    package var roots: [String]
    package var intermediates: [String]
    /// Usage (or Exchange service) → thumbprint.
    package var assigned: [String: String]
    /// Windows service → `Running`, `Stopped`, …
    package var services: [String: String]
    /// Exchange: `UM` and `UMCallRouter` → `TCP`, `TLS`, `Dual`.
    package var startupModes: [String: String]

    package init(
        host: String, powerShell: String? = nil, my: [StoreCertificate] = [], roots: [String] = [],
        intermediates: [String] = [], assigned: [String: String] = [:], services: [String: String] = [:],
        startupModes: [String: String] = [:]
    ) {
        self.host = host
        self.powerShell = powerShell
        self.my = my
        self.roots = roots
        self.intermediates = intermediates
        self.assigned = assigned
        self.services = services
        self.startupModes = startupModes
    }

    package func certificate(_ thumbprint: String) -> StoreCertificate? {
        my.first { $0.thumbprint == thumbprint }
    }
}

/// On what ground a server was found, in sentences for the evidence: who we are there, and what is there.
package struct SurveyedGround: Sendable, Equatable, Codable {
    package var rights: String
    package var server: String

    package init(_ facts: HostFacts) {
        let elevated =
            switch facts.isElevated {
            case true?: ", an elevated administrator"
            case false?: ", not elevated"
            case nil: ""
            }
        rights = "signed in as \(facts.account ?? "an account that is not known")\(elevated)"
        let running = facts.services.filter { $0.value == "Running" }.count
        var parts = [facts.fqdn, facts.powerShell.map { "PowerShell \($0)" }].compactMap { $0 }
        if !facts.modules.isEmpty { parts.append("module \(facts.modules.joined(separator: ", "))") }
        parts.append("\(running) of \(facts.services.count) services running")
        if let replica = facts.services["REPLICA"] { parts.append("REPLICA \(replica)") }
        server = parts.joined(separator: "; ")
    }
}

/// The outcome of surveying one host.
package enum SurveyResult: Sendable {
    case facts(HostFacts)
    case failed(Fault)

    package var facts: HostFacts? {
        if case .facts(let facts) = self { facts } else { nil }
    }
}
