/// What can go wrong at the web pages; the letters are those of the fault list.
package enum WebFault: String, Sendable, Codable, CaseIterable {
    /// K1: the right password is refused, too.
    case signInRefused = "sign-in-refused"
    /// K1: Kerberos alone is offered.
    case negotiateOnly = "negotiate-only"
    /// K1: "extended protection": an NTLM answer must be bound to the TLS channel.
    case channelBinding = "channel-binding"
    /// K2
    case forbidden, absent, broken, redirect
    /// K3: the language of the pages; the second is one that no client knows.
    case french
    case unknownLanguage = "unknown-language"
    /// K4: the policy module denies, with the code that it stands for.
    case templateUnsupported = "template-unsupported"
    case templateDenied = "template-denied"
    case enrollDenied = "enroll-denied"
    case keyTooShort = "key-too-short"
    case revocationOffline = "revocation-offline"
    /// K5: requests wait for `lab sign`.
    case approval
    /// K6
    case forgets, revoked
    /// K7: the line is cut after the form was taken, and the certificate issued.
    case cutAfterPost = "cut-after-post"
    /// K7: no answer comes for as long as anybody waits for it; the certificate is issued.
    case silentAfterPost = "silent-after-post"
    /// K9: the policy changes what was asked.
    case otherKey = "other-key"
    case dropsNames = "drops-names"
    case short
    /// K10: the pages do not give the chain.
    case noChain = "no-chain"
    /// K12: each answer closes the connection.
    case closes

    /// The policy module's answer.
    var denial: (code: String, name: String)? {
        switch self {
        case .templateUnsupported: ("0x80094800", "-2146875392 CERTSRV_E_UNSUPPORTED_CERT_TYPE")
        case .templateDenied: ("0x80094012", "-2146877422 CERTSRV_E_TEMPLATE_DENIED")
        case .enrollDenied: ("0x80094011", "-2146877423 CERTSRV_E_ENROLL_DENIED")
        case .keyTooShort: ("0x80094811", "-2146875375 CERTSRV_E_KEY_LENGTH")
        case .revocationOffline: ("0x80092013", "-2146885613 CRYPT_E_REVOCATION_OFFLINE")
        default: nil
        }
    }
}

/// `ca/NAME/web/site.json`: what is the same each time the lab comes up, and the faults in force.
struct WebSiteRecord: Sendable, Equatable, Codable {
    var user: String
    var days: Int
    /// None until the lab was up for the first time.
    var port: Int?
    var faults: [WebFault] = []
    /// `SERVER\NAME` of one that servers ask by themselves; it has no pages.
    var online: String?
    /// Those that it offers; none: all.
    var templates: [String]?

    static func read(_ authority: String, in folder: LabFolder) throws -> WebSiteRecord {
        guard let record = try StateFile.readJSON(WebSiteRecord.self, folder.webSite(authority)) else {
            throw LabError(.unknown, "authority '\(authority)' has no web pages")
        }
        return record
    }

    func write(_ authority: String, in folder: LabFolder) throws {
        try StateFile.writeJSON(self, to: folder.webSite(authority))
    }
}

/// `ca/NAME/web/requests/N.json`
struct WebRequestRecord: Sendable, Equatable, Codable {
    enum State: String, Sendable, Codable {
        case pending, issued, denied
        /// The disposition's number.
        var number: Int {
            switch self {
            case .pending: 5
            case .issued: 3
            case .denied: 2
            }
        }
    }

    var id: Int
    var state: State
    /// PEM.
    var request: String
    var commonName: String
    var template: String?
    var serial: String?
}

extension LabFolder {
    func web(_ authority: String) -> String { "\(path)/ca/\(authority)/web" }
    func webSite(_ authority: String) -> String { "\(web(authority))/site.json" }
    func webRequests(_ authority: String) -> String { "\(web(authority))/requests" }
    func webPassword(_ authority: String) -> String { "\(path)/keys/\(authority).password" }
}
