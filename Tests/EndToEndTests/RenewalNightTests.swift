import Foundation
import TestSupport
import Testing

/// Roll out, push, renew, renew: the thirteen servers of the example, looked at with OpenSSL.
struct RenewalNightTests {
    private static let frontEnd = [
        "meet.example.com", "meet.example.net", "dialin.example.com", "admin.corp.example.com",
        "lyncdiscoverinternal.example.com", "lyncdiscoverinternal.example.net", "lyncdiscoverinternal.corp.example.com",
        "lyncdiscover.example.com", "lyncdiscover.example.net",
    ]

    /// The names that a certificate of the example must have, written down by hand.
    private static func names(_ host: String, _ usage: String) -> Set<String> {
        switch host.prefix(4) {
        case "fe01", "fe02", "fe03":
            Set(
                frontEnd + [
                    "fepool1.corp.example.com", "\(host).corp.example.com", "webint1.corp.example.com",
                    "web1.example.com", "ucupdates-r2.example.com",
                ])
        case "fe11", "fe12":
            Set(
                frontEnd + [
                    "fepool2.corp.example.com", "\(host).corp.example.com", "webint2.corp.example.com",
                    "web2.example.com",
                ])
        case "se01": Set(frontEnd + ["se01.corp.example.com", "web-se1.example.com"])
        case "edge":
            usage == "Internal" || usage == "AudioVideoAuthentication"
                ? ["edgepool.dmz.example.com"] : ["sip.example.com", "sip.example.net", "webconf.example.com"]
        default: ["\(host).corp.example.com"]
        }
    }

    @Test func `rollout, push and renew end with 0`() async throws {
        let night = try await RenewalNight.played()
        #expect(night.rollout.code == 0, "\(night.rollout)")
        #expect(night.push.code == 0, "\(night.push)")
        #expect(night.renew.code == 0, "\(night.renew)")
    }

    @Test func `every TLS port of the lab shows the certificate that is assigned there, with a chain to the root`()
        async throws
    {
        let night = try await RenewalNight.played()
        #expect(night.served.count == 45)
        for seen in night.served {
            let whose = Comment("\(seen.host):\(seen.port) \(seen.usage)")
            #expect(seen.thumbprint == night.usages[seen.host]?[seen.usage], whose)
            // The product adds the default SIP domain's name to what a Front End asks for now.
            let added: Set<String> = seen.host.hasPrefix("fe") ? ["sip.example.com"] : []
            #expect(seen.names == Self.names(seen.host, seen.usage).union(added), whose)
            #expect(seen.isVerified, whose)
            #expect(seen.matchesName, whose)
        }
    }

    @Test func `every certificate in use was issued this night, but that of the pool that is not due`() async throws {
        let night = try await RenewalNight.played()
        let issued = Set(night.certificates.filter { $0.key.contains("/issued/") }.map(\.value.thumbprint))
        for (host, usages) in night.usages {
            let former = try #require(night.before.files["hosts/\(host)/usages.json"])
            let before = try JSONDecoder().decode([String: String].self, from: former)
            for (usage, thumbprint) in usages {
                #expect(issued.contains(thumbprint) == (host != "se01"), "\(host) \(usage)")
                #expect((thumbprint == before[usage]) == (host == "se01"), "\(host) \(usage)")
            }
        }
        // fe 3, fe-paris 2, um 4, edge-internal 3, edge-av 1 of corp; edge-external 1 of public.
        #expect(night.certificates.keys.filter { $0.hasPrefix("ca/corp/issued/") }.count == 13)
        #expect(night.certificates.keys.filter { $0.hasPrefix("ca/public/issued/") }.count == 1)
    }

    @Test func `the Edge members hold one A/V key, exportable only where it was born`() async throws {
        let night = try await RenewalNight.played()
        let members = ["edge01", "edge02", "edge03"]
        for usage in ["AudioVideoAuthentication", "AccessEdgeExternal"] {
            let thumbprints = Set(members.compactMap { night.usages[$0]?[usage] })
            let thumbprint = try #require(thumbprints.first)
            #expect(thumbprints.count == 1)
            let keys = members.compactMap { night.after.files["hosts/\($0)/My/\(thumbprint).key"] }
            #expect(keys.count == 3)
            #expect(Set(keys).count == 1)
            let exportable = try members.filter { host in
                struct Entry: Decodable { var exportable: Bool }
                let entry = try #require(night.after.files["hosts/\(host)/My/\(thumbprint).json"])
                return try JSONDecoder().decode(Entry.self, from: entry).exportable
            }
            #expect(exportable.count == 1, "\(usage)")
        }
    }

    @Test func `no key of a host's own certificate is on a second host`() async throws {
        let night = try await RenewalNight.played()
        let shared = Set(["AudioVideoAuthentication", "AccessEdgeExternal"].compactMap { night.usages["edge01"]?[$0] })
        let issued = Set(night.certificates.filter { $0.key.contains("/issued/") }.map(\.value.thumbprint))
        var holders: [Data: Set<String>] = [:]
        for (path, key) in night.after.files where path.hasPrefix("hosts/") && path.hasSuffix(".key") {
            let parts = path.split(separator: "/")
            let thumbprint = String(parts[3].dropLast(4))
            guard issued.contains(thumbprint), !shared.contains(thumbprint) else { continue }
            holders[key, default: []].insert(String(parts[1]))
        }
        #expect(holders.count == 12)
        #expect(holders.values.allSatisfy { $0.count == 1 })
    }

    @Test func `keys fit their certificates, as OpenSSL reads both`() async throws {
        let night = try await RenewalNight.played()
        let lab = try TemporaryFolder()
        for path in night.after.paths where path.hasSuffix(".key") && path.contains("/My/") {
            let certificate = try #require(night.certificates[String(path.dropLast(4)) + ".cer"])
            let read = try await BuiltProgram.run(
                "openssl", ["pkey", "-pubout"], environment: BuiltProgram.environment(home: lab.path),
                input: night.after.files[path])
            #expect(read.output.trimmingCharacters(in: .newlines) == certificate.publicKey, "\(path)")
        }
    }

    @Test func `no PFX, no request and no private folder is left anywhere`() async throws {
        let night = try await RenewalNight.played()
        #expect(night.after.paths.filter { $0.contains("/Request/") || $0.contains("/private/") } == [])
        // PKCS#12's bags (1.2.840.113549.1.12.10.1.x) and a request's extensions (1.2.840.113549.1.9.14, a set), as encoded.
        let bags = Data([0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01])
        let extensions = Data([0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E, 0x31])
        #expect(night.after.holding(HiddenForms.of(bags)) == [])
        #expect(night.after.holding(HiddenForms.of(extensions)) == [])
        #expect(night.after.holding(HiddenForms.of("CERTIFICATE REQUEST-----")) == [])
        // A key outside of the stores, the authorities, the hosts' SSH keys and the client's own.
        let keys = night.after.filter { path in
            !(path.contains("/My/") && path.hasSuffix(".key")) && !path.hasPrefix("ca/")
                && !path.hasSuffix("/ssh_host_ed25519_key") && path != "keys/client"
        }
        #expect(keys.holding(HiddenForms.of("PRIVATE KEY-----")) == [])
    }

    @Test func `a second renew finds nothing due and changes nothing`() async throws {
        let night = try await RenewalNight.played()
        #expect(night.secondRenew.code == 0)
        #expect(night.secondRenew.errors.contains("nothing is due"), "\(night.secondRenew)")
        let kept = { (path: String) in
            path.hasPrefix("ca/") || path.hasSuffix("/usages.json")
                || ["/My/", "/Root/", "/CA/", "/Request/"].contains { path.contains($0) }
        }
        #expect(night.after.filter(kept).files.count > 100)
        #expect(night.afterSecond.filter(kept).changes(since: night.after.filter(kept)) == [])
    }

    @Test func `certificates of 47 days are renewed and then left alone by the same lead of 60 days`() async throws {
        let night = try await RenewalNight.played()
        let used = try #require(night.usages["edge01"]?["AccessEdgeExternal"])
        let certificate = try #require(night.certificates["hosts/edge01/My/\(used).cer"])
        #expect(certificate.days == 47)
        #expect(night.secondRenew.errors.contains("nothing is due"))
    }

    @Test func `an undisturbed rollout starts one agent process per host, and none elsewhere`() async throws {
        let night = try await RenewalNight.played()
        for (host, lines) in night.rolloutAgents {
            #expect(lines.count == (["fe01", "fe02", "fe03"].contains(host) ? 1 : 0), "\(host): \(lines)")
            #expect(lines.allSatisfy { $0.hasSuffix("rollout fe-lyon") })
        }
        #expect(night.rolloutAgents.count == 13)
    }
}
