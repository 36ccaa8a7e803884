import Testing

@testable import SSHTransport

@Suite struct OpeningTests {
    private let able = Opening.Offer(
        keyExchanges: ["curve25519-sha256"], hostKeys: ["ssh-ed25519"], ciphers: ["aes128-ctr"], macs: ["hmac-sha2-256"]
    )

    private func explained(_ text: String, number: Int32 = -13) -> SSHError {
        Opening(Array(text.utf8)).explain(
            SSHError(LibSSH2Error.code(for: number), "handshake", "said", number: number), abilities: able)
    }

    static func offer(_ lists: [String]) -> [UInt8] {
        let body =
            [20] + [UInt8](repeating: 7, count: 16) + lists.flatMap { WireReader.string(Array($0.utf8)) } + [
                0, 0, 0, 0, 0,
            ]
        return Array("SSH-2.0-Test\r\n".utf8) + WireReader.number(body.count + 5) + [4] + body + [0, 0, 0, 0]
    }

    @Test func `another protocol is quoted, without what a terminal should not see`() {
        let error = explained("HTTP/1.1 400 Bad Request\u{1b}[31m\r\nServer: x\r\n")
        #expect(error.code == .notSSH)
        #expect(error.message == "not an SSH server: \"HTTP/1.1 400 Bad Request [31m\"")
        #expect(error.number == -13)
    }

    @Test func `an old version is told by its whole line, a part of one tells nothing`() {
        #expect(explained("SSH-1.5-Test\n").code == .versionTooOld)
        for part in ["SSH-", "SSH-2", "SSH-1.5-Te"] { #expect(explained(part).code == .handshakeFailed, "\(part)") }
    }

    @Test func `a server that limits connections says so`() {
        #expect(explained("Exceeded MaxStartups\r\n").code == .tooManyConnections)
    }

    @Test func `silence, and an end after the version, are told apart`() {
        #expect(explained("").message == "the server ended the connection without a word")
        let error = explained("hello\r\nSSH-2.0-Test\r\n", number: -1)
        #expect(error.code == .handshakeFailed)
        #expect(error.message == "the server ended the connection during the handshake")
    }

    @Test func `the list in which nothing is common is named`() {
        let lists = ["curve25519-sha256", "ssh-ed25519", "aes256-gcm@openssh.com", "aes256-gcm@openssh.com", "m", "m"]
        let opening = Opening(Self.offer(lists))
        let error = opening.explain(SSHError(.noCommonAlgorithm, "handshake", "x", number: -5), abilities: able)
        #expect(error.code == .noCommonAlgorithm)
        #expect(
            error.message == "no common cipher: the server offers aes256-gcm@openssh.com, this build aes128-ctr")
    }

    @Test func `a damaged or cut offer is no offer, and no crash`() {
        let whole = Self.offer(["a", "b", "c", "c", "d", "d"])
        #expect(
            Opening(whole).offer == Opening.Offer(keyExchanges: ["a"], hostKeys: ["b"], ciphers: ["c"], macs: ["d"]))
        let end = whole.count - 10
        for count in 0..<end { _ = Opening(Array(whole.prefix(count))) }
        #expect(Opening(Array(whole.prefix(40))).offer == nil)
        #expect(Opening(Array("SSH-2.0-x\n".utf8) + [UInt8](repeating: 0xff, count: 100)).offer == nil)
    }
}
