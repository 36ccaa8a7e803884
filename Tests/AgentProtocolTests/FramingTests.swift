import AgentProtocol
import Testing

struct FramingTests {
    let nonce = "0123456789abcdef0123456789abcdef"

    func framed(_ id: String) throws -> [UInt8] { try AgentFrame.pong(id: id).framed(nonce: nonce) }

    @Test func `frames are found whatever the two pieces they come in`() throws {
        let stream =
            Array("profile says caf".utf8) + [0x82] + (try framed("1")) + (try framed("2"))
            + Array("\u{1B}[0m\r\n\n".utf8) + (try framed("3"))
        for cut in 0...stream.count {
            var scanner = FrameScanner(nonce: nonce)
            let found = try scanner.feed(stream[..<cut]) + scanner.feed(stream[cut...])
            #expect(try found.map { try AgentFrame(json: $0) } == [.pong(id: "1"), .pong(id: "2"), .pong(id: "3")])
            #expect(scanner.noise.bytes == Array("profile says caf".utf8) + [0x82] + Array("\n\u{1B}[0m\r\n".utf8))
        }
    }

    @Test func `frames are found when every byte comes alone and lines end in cr lf`() throws {
        let stream = [0xEF, 0xBB, 0xBF] + Array("\r\n\u{1E}\(nonce){\"k\":\"pong\",\"id\":7}\r\n".utf8)
        var scanner = FrameScanner(nonce: nonce)
        var found: [[UInt8]] = []
        for byte in stream { found += try scanner.feed([byte]) }
        #expect(try found.map { try AgentFrame(json: $0) } == [.pong(id: "7")])
        #expect(scanner.noise.isEmpty)
    }

    @Test func `a frame with another nonce is noise`() throws {
        var scanner = FrameScanner(nonce: nonce)
        let forged = try AgentFrame.bye(noise: "").framed(nonce: String(nonce.reversed()))
        #expect(try scanner.feed(forged).isEmpty)
        #expect(scanner.noise.total > 30)
        #expect(try scanner.feed(try framed("1")).count == 1)
    }

    @Test func `a mark in the middle of a line opens no frame`() throws {
        var scanner = FrameScanner(nonce: nonce)
        #expect(try scanner.feed(Array("x\u{1E}\(nonce){\"k\":\"bye\"}\n".utf8)).isEmpty)
    }

    @Test func `noise is kept up to its limit, the latest of it`() throws {
        var scanner = FrameScanner(nonce: nonce)
        for _ in 0..<100 { _ = try scanner.feed([UInt8](repeating: 0x61, count: 4096)) }
        _ = try scanner.feed(Array("end".utf8))
        #expect(scanner.noise.bytes.count == AgentLimits.noise)
        #expect(scanner.noise.bytes.suffix(3) == Array("end".utf8)[...])
        #expect(scanner.noise.total == 409_603)
    }

    @Test func `a frame of a mebibyte passes and a longer one is an error before it ends`() throws {
        let start = Array("\n\u{1E}\(nonce){".utf8)
        var fits = FrameScanner(nonce: nonce)
        let body = [UInt8](repeating: 0x20, count: AgentLimits.line - 1)
        #expect(try fits.feed(start + body + [0x0A]).first?.count == AgentLimits.line)
        var over = FrameScanner(nonce: nonce)
        #expect {
            try over.feed(start + body + [0x20, 0x20])
        } throws: {
            ($0 as? AgentProtocolError)?.code == .oversize
        }
    }

    @Test func `lines of the coordinator are cut at every split`() throws {
        let stream = Array("12\r\nabc\n\n{\"k\":\"bye\"}\n".utf8)
        for cut in 0...stream.count {
            var scanner = LineScanner()
            let lines = try scanner.feed(stream[..<cut]) + scanner.feed(stream[cut...])
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["12", "abc", "", "{\"k\":\"bye\"}"])
        }
        var over = LineScanner()
        #expect(throws: AgentProtocolError.self) {
            try over.feed([UInt8](repeating: 0x61, count: AgentLimits.line + 2))
        }
    }
}
