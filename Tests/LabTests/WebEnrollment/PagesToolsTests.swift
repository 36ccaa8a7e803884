import Certificates
import FoundationEssentials
import Testing

@testable import Lab

@Suite struct PagesToolsTests {
    private func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// RFC 1320, appendix A.5.
    @Test(arguments: [
        ("", "31d6cfe0d16ae931b73c59d7e0c089c0"), ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
        ("message digest", "d9130a8164549fe818874806e1c7014b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4"
        ),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "e33b4ddc9c38f2199c3e7b164fcc0536"
        ),
    ])
    func `MD4 gives the digests of its specification`(text: String, digest: String) {
        #expect(hex(MD4.digest(Array(text.utf8))) == digest)
    }

    /// RFC 2202, test case 2.
    @Test func `HMAC-MD5 gives the value of its specification`() {
        let made = Digest.hmacMD5(Data("what do ya want for nothing?".utf8), key: Data("Jefe".utf8))
        #expect(hex(made) == "750c783e6ab0b503eaa86e310a5db738")
    }

    @Test func `damaged NTLM messages are refused`() {
        var server = NTLMServer(user: "a", password: [])
        #expect(server.take([]) == .refused)
        #expect(server.take(Array("NTLMSSP\0".utf8) + [3, 0, 0, 0]) == .refused)
        guard case .challenge = server.take(Array("NTLMSSP\0".utf8) + [1, 0, 0, 0]) else {
            Issue.record("no challenge")
            return
        }
        let wild = Array("NTLMSSP\0".utf8) + [3, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 60)
        #expect(server.take(wild) == .refused)
    }

    @Test func `requests are taken apart however they arrive, and rubbish ends the conversation`() {
        let text = "POST /certsrv/x?a=b%20c HTTP/1.1\r\nContent-Length: 7\r\n\r\na=%2B&bGET / HTTP/1.1\r\n\r\n"
        for size in [1, 7, 1000] {
            var rest = Array(text.utf8)[...]
            let read = { () -> [UInt8]? in
                defer { rest = rest.dropFirst(size) }
                return rest.isEmpty ? nil : Array(rest.prefix(size))
            }
            var reader = HTTPReader()
            let first = reader.next(from: read)
            #expect(first?.query == ["a": "b c"] && first?.form == ["a": "+", "b": ""])
            #expect(reader.next(from: read)?.path == "/")
            #expect(reader.next(from: read) == nil)
        }
        var reader = HTTPReader()
        #expect(reader.next(from: { Array("rubbish\r\n\r\n".utf8) }) == nil)
    }
}
