import Testing

@testable import FleetFiles

struct NameRulesTests {
    @Test(arguments: [
        "a.b", "fe01.corp.example.com", "1.example.com", "x-n--1.com",
        String(repeating: "a", count: 63) + ".com",
        Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".") + ".c",
    ])
    func `a name of letters, digits and hyphens with a domain is an FQDN`(name: String) {
        #expect(NameRules.objection(toFQDN: name) == nil)
    }

    @Test(arguments: [
        "", ".", "fe01", "fe01.", ".fe01.com", "a..b", "-a.com", "a-.com", "a_b.com", "ä.com", "a b.com", "*.a.com",
        "a.*.com", "xn--exmple-cua.com", "a.XN--p1ai", "10.1.1.1", "a.b\u{0}", "ａ.com",
        String(repeating: "a", count: 64) + ".com",
        Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".") + ".cc",
    ])
    func `anything else is no FQDN`(name: String) {
        #expect(NameRules.objection(toFQDN: name) != nil)
    }

    @Test(arguments: [
        ("*.example.com", true), ("*.com", false), ("*", false), ("**.a.com", false), ("*.*.a.com", false),
    ])
    func `a wildcard is one whole label in front of a domain`(name: String, allowed: Bool) {
        #expect((NameRules.objection(toFQDN: name, wildcard: true) == nil) == allowed)
    }

    @Test(arguments: [
        "10.1.1.11", "0.0.0.0", "::1", "fe80::1", "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.1", "::", "fe01",
        "fe01.example.com", "localhost",
    ])
    func `an address is an IP address or a name`(text: String) {
        #expect(NameRules.objection(toAddress: text) == nil)
    }

    @Test(arguments: [
        "256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1..2.3", ":", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "::1::", "1:2:3:4:5:6:7::8", "12345::", "g::", "1.2.3.4::", "fe80::1%eth0", "a_b", "a b", "-x", "::256.1.1.1",
    ])
    func `what only looks like an address is none`(text: String) {
        #expect(NameRules.objection(toAddress: text) != nil)
    }

    @Test(
        arguments: [
            ("https://meet.example.com", "meet.example.com"), ("HTTPS://a.b/x?y#z", "a.b"), ("http://a.b:8080/", "a.b"),
            ("https://a.b#x", "a.b"), ("https://u@a.b", "u@a.b"), ("https://", ""), ("a.b", nil), ("ftp://a.b", nil),
            ("https://a.b:x", nil), ("https://a.b:1:2", nil),
        ] as [(String, String?)])
    func `of a URL only the host is taken`(url: String, host: String?) {
        #expect(NameRules.host(ofURL: url) == host)
    }

    @Test(arguments: [
        ("a", "/p/a"), ("./a//b", "/p/a/b"), ("/x/./y", "/x/y"), ("~", "/home/me"), ("~/a", "/home/me/a"),
        ("../a", "/p/../a"),
    ])
    func `a path belongs to the project folder`(path: String, absolute: String) throws {
        #expect(try ProjectPaths(folder: "/p/", home: "/home/me").resolve(path).get() == absolute)
    }

    @Test func `a path is written relative only inside the folder`() {
        #expect(ProjectPaths.relative("/p/a/b", to: "/p") == "a/b")
        #expect(ProjectPaths.relative("/pa/b", to: "/p") == "/pa/b")
        #expect(ProjectPaths.relative("/p", to: "/p") == "/p")
        #expect(ProjectPaths.relative("/a", to: "/") == "a")
        #expect(ProjectPaths.relative("/p/~a", to: "/p") == "./~a")
    }
}
