import Foundation
import Testing

/// `Fixtures/sans.json`: which names the products' documentation asks for; its `about` says what each field means.
struct NameFacts: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var id: String
        var products: [String]
        var topology: Topology
        var certificates: [Certificate]
        var preferred: Bool?

        var testDescription: String { id }
        /// The inventory's words for the products.
        var versions: [String] {
            products.map { $0 == "Exchange Server 2007 SP1" ? "2007sp1" : String($0.split(separator: " ").last ?? "") }
        }
    }

    struct Topology: Decodable, Sendable {
        struct URLs: Decodable, Sendable {
            var meet: [String]
            var dialin: String?
            var admin: String?
        }

        struct Edge: Decodable, Sendable {
            var accessFqdn: String
            var webConferencingFqdn: String
            var avFqdn: String
            var internalFqdn: String
            var loadBalancing: String?
        }

        var role: String
        var poolFqdn: String?
        var poolMembers: [String]
        var serverFqdn: String
        var sipDomains: [String]
        var webExternalFqdn: String?
        var internalWebFqdnOverride: String?
        var simpleUrls: URLs?
        var strictDnsAutoLogon: Bool
        var autodiscover: Bool
        var xmppDomains: [String]
        var edge: Edge?
        var pic: [String]?
        var directorWebExternalFqdn: String?
        var officeWebAppsFqdn: String?
    }

    struct Certificate: Decodable, Sendable {
        var usages: [String]
        var subjectCN: String?
        var sans: [String]
        var optionalSans: [String]
        var wildcardSans: [String]?
        var eku: [String]
        var exportableKey: Bool
        var sameOnAllPoolMembers: Bool
        var additional: Bool?
        var sanOrder: String?
        var minKeyBits: Int?
    }

    struct Negative: Decodable, Sendable, CustomTestStringConvertible {
        var id: String
        var role: String
        var usages: [String]
        var subjectCN: String
        var sans: [String]
        var mustBeRejectedBecause: String

        var testDescription: String { id }
    }

    struct Sample: Decodable, Sendable {
        var id: String
        var subjectCN: String
        var sans: [String]
    }

    var cases: [Case]
    var negativeCases: [Negative]
    var samples: [Sample]

    static let all: NameFacts = {
        let file = URL(filePath: #filePath).appending(path: "../../Fixtures/sans.json").standardized
        guard let data = try? Data(contentsOf: file), let facts = try? JSONDecoder().decode(NameFacts.self, from: data)
        else { return NameFacts(cases: [], negativeCases: [], samples: []) }
        return facts
    }()
}
