import TestSupport
import Testing

@testable import SSHTransport

@Suite struct KnownHostsTests {
    private func key(_ type: String, _ filling: UInt8) throws -> HostKey {
        let blob = WireReader.string(Array(type.utf8)) + WireReader.string([UInt8](repeating: filling, count: 32))
        return try #require(HostKey(blob: blob))
    }

    private func code(_ policy: HostKeyPolicy, _ key: HostKey, host: String = "a.example.com") -> SSHError.Code? {
        let endpoint = SSHEndpoint(host: host, user: "x")
        do {
            try HostKeyPolicy.check(key, against: policy.pins(for: host, port: 22), for: endpoint)
            return nil
        } catch {
            return (error as? SSHError)?.code
        }
    }

    @Test func `only the pinned key is accepted, another of its type is a change, a host without line unknown`() throws
    {
        let (pinned, other) = (try key("ssh-ed25519", 1), try key("ssh-ed25519", 2))
        let policy = HostKeyPolicy(
            text: "# comment\n\n" + pinned.knownHostsLine(host: "a.example.com", port: 22) + " note\n", file: "kh")
        #expect(code(policy, pinned) == nil)
        #expect(code(policy, pinned, host: "A.EXAMPLE.com") == nil)
        #expect(code(policy, other) == .hostKeyChanged)
        #expect(code(policy, try key("ecdsa-sha2-nistp256", 1)) == .hostKeyUnknown)
        #expect(code(policy, pinned, host: "b.example.com") == .hostKeyUnknown)
        #expect(policy.pins(for: "a.example.com", port: 22).first?.line == 3)
        #expect(policy.pins(for: "a.example.com", port: 2222).isEmpty)
    }

    @Test func `a changed key names file, line and both fingerprints`() throws {
        let (pinned, other) = (try key("ssh-ed25519", 1), try key("ssh-ed25519", 2))
        let policy = HostKeyPolicy(text: pinned.knownHostsLine(host: "h", port: 22), file: "kh")
        let error = #expect(throws: SSHError.self) {
            try HostKeyPolicy.check(
                other, against: policy.pins(for: "h", port: 22), for: SSHEndpoint(host: "h", user: "x"))
        }
        #expect(
            error?.message
                == "host key differs from kh line 1: pinned \(pinned.fingerprint), shown ssh-ed25519 \(other.fingerprint)"
        )
        #expect(error?.hostKey == other)
    }

    @Test func `a revoked key is refused even when it is pinned as well`() throws {
        let pinned = try key("ssh-ed25519", 1)
        let line = pinned.knownHostsLine(host: "a.example.com", port: 22)
        #expect(code(HostKeyPolicy(text: "\(line)\n@revoked \(line)\n", file: "kh"), pinned) == .hostKeyRevoked)
        #expect(code(HostKeyPolicy(text: "@cert-authority \(line)\n", file: "kh"), pinned) == .hostKeyUnknown)
    }

    @Test func `lines are found by name as they would be one by one, in their order`() throws {
        let names = [
            "a.example.com,B.example.com", "*.example.com", "b.example.com,!a.example.com",
            "b.example.com,b.example.com", "[a.example.com]:2222", "other",
        ]
        let text = try names.enumerated().map { number, names in
            let pinned = try key("ssh-ed25519", UInt8(number))
            return "\(names) \(pinned.type) \(Base64.encode(pinned.blob))\n"
        }.joined()
        let policy = HostKeyPolicy(text: text, file: "kh")
        func lines(_ host: String, _ port: UInt16 = 22) -> [Int] { policy.pins(for: host, port: port).map(\.line) }
        #expect(lines("a.example.com") == [1, 2])
        #expect(lines("b.EXAMPLE.com") == [1, 2, 3, 4])
        #expect(lines("c.example.com") == [2])
        #expect(lines("a.example.com", 2222) == [5])
        #expect(lines("nobody") == [])
    }

    @Test func `hashed names are those of their digests, long and short`() throws {
        let names = [
            "a.example.com", "[a.example.com]:2222", String(repeating: "x", count: 55) + ".example.com",
            String(repeating: "y", count: 64),
        ]
        // HMAC-SHA-1 with the salt 0, 1, 2 … 19, worked out elsewhere.
        let digests = [
            "zGDjsDoiXdwmbFI7KtjEGpBpzG0=",
            "VcFIO3HWGr8N9wWLGiRIS7X1x8Y=",
            "dLkn2/Obop5ezththNH5Wk6MgUY=",
            "+eAb4KRQWzX9kM5vr0bTkyvzczM=",
        ]
        let salt = Base64.encode((0..<20).map { UInt8($0) })
        for (name, digest) in zip(names, digests) {
            let hashed = try #require(HashedHostName("|1|\(salt)|\(digest)"))
            #expect(names.filter(hashed.matches) == [name])
            #expect(hashed.matches(name.uppercased()))
        }
        for bad in ["|1|", "|1||", "|2|\(salt)|\(digests[0])", "|1|\(salt)|\(salt)x", "|1|\(salt)|AAAA", "a|1|b|c"] {
            #expect(HashedHostName(bad) == nil, "\(bad)")
        }
    }

    @Test func `patterns match as in OpenSSH`() throws {
        for (pattern, name, isMatch) in [
            ("*.example.com", "a.example.com", true), ("*.example.com", "example.com", false),
            ("a?c", "abc", true), ("a?c", "ac", false), ("*", "", true), ("a*b*c", "aXXbYYc", true),
            ("a*b*c", "aXXbYY", false), ("", "a", false), ("[h]:2222", "[h]:2222", true),
        ] {
            #expect(KnownHostLine.matches(pattern[...], name) == isMatch, "\(pattern) \(name)")
        }
        let pinned = try key("ssh-ed25519", 1)
        let line = "*.example.com,!b.example.com ssh-ed25519 \(Base64.encode(pinned.blob))"
        #expect(code(HostKeyPolicy(text: line, file: "kh"), pinned) == nil)
        #expect(code(HostKeyPolicy(text: line, file: "kh"), pinned, host: "b.example.com") == .hostKeyUnknown)
    }

    @Test func `lines that are no pins are passed over`() throws {
        let text = [
            "a ssh-ed25519", "a ssh-ed25519 !!!", "a ssh-rsa \(Base64.encode(try key("ssh-ed25519", 1).blob))", "|1|",
        ]
        #expect(HostKeyPolicy(text: text.joined(separator: "\n"), file: "kh").pins(for: "a", port: 22).isEmpty)
    }

    @Test func `the pinned types are asked for first, an RSA key by all its signatures`() throws {
        let supported = ["ecdsa-sha2-nistp256", "ssh-ed25519", "rsa-sha2-512", "ssh-rsa"]
        func pin(_ type: String) throws -> HostKeyPolicy.Pin {
            HostKeyPolicy.Pin(key: try key(type, 1), file: "kh", line: 1, isRevoked: false)
        }
        #expect(HostKeyPolicy.order(of: supported, pins: []) == supported)
        #expect(
            HostKeyPolicy.order(of: supported, pins: [try pin("ssh-ed25519")])
                == ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "ssh-rsa"])
        #expect(
            HostKeyPolicy.order(of: supported, pins: [try pin("ssh-rsa")]).prefix(2) == ["rsa-sha2-512", "ssh-rsa"])
    }

    @Test func `a file that is missing is empty, one that cannot be read is an error`() throws {
        #expect(try HostKeyPolicy(files: ["/nonexistent/known_hosts"]).pins(for: "a", port: 22).isEmpty)
        let error = #expect(throws: SSHError.self) { try HostKeyPolicy(files: ["/usr"]) }
        #expect(error?.code == .knownHostsUnreadable)
    }

    @Test func `base64 goes both ways, and refuses what it is not`() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes, padded: false)) == bytes)
        }
        #expect(Base64.encode(Array("fooba".utf8)) == "Zm9vYmE=")
        for bad in ["A", "A===", "AB CD", "é", "====", "AB=C"] { #expect(Base64.decode(bad) == nil, "\(bad)") }
    }
}
