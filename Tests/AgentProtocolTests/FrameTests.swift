import AgentProtocol
import FleetModel
import FoundationEssentials
import Testing

struct FrameTests {
    /// A line as the other side reads it.
    func reread(_ frame: CoordinatorFrame) throws -> CoordinatorFrame {
        try CoordinatorFrame(line: try frame.line().bytes.dropLast())
    }

    func text(_ frame: CoordinatorFrame) throws -> String { String(decoding: try frame.line().bytes, as: UTF8.self) }

    @Test func `an invoke reads as the protocol says, in ascii`() throws {
        let call = CoordinatorFrame.Invocation(
            id: "assign", command: "Lync\\Set-CsCertificate",
            parameters: [
                ("Type", .list(["Default"])), ("Thumbprint", .string("A/B\u{1F600}\"\n")), ("Count", .int(-5)),
                ("Confirm", .switch(false)), ("On", .bool(true)), ("At", .date("2026-01-31T00:00:00")),
                ("Raw", .bytes(Data([1]))), ("Big", .blob("b1")), ("None", .null),
                ("Password", .secure(Secret(text: "p\u{E9}w"))), ("Plain", .secretText(Secret(text: "q"))),
                ("User", .credential(user: "CORP\\u", password: Secret(text: "r"))),
            ], select: ["Thumbprint"], limit: .seconds(120))
        #expect(
            try text(.invoke(call)) == """
                {"k":"invoke","id":"assign","cmd":"Lync\\\\Set-CsCertificate","p":{"Type":{"t":"l","v":["Default"]},\
                "Thumbprint":{"t":"s","v":"A/B\\ud83d\\ude00\\"\\u000a"},"Count":{"t":"i","v":-5},\
                "Confirm":{"t":"sw","v":false},"On":{"t":"b","v":true},"At":{"t":"dt","v":"2026-01-31T00:00:00"},\
                "Raw":{"t":"by","v":"AQ=="},"Big":{"t":"blob","v":"b1"},"None":{"t":"n","v":null},\
                "Password":{"t":"ss","v":"p\\u00e9w"},"Plain":{"t":"s","v":"q"},\
                "User":{"t":"cr","v":{"user":"CORP\\\\u","password":"r"}}},"select":["Thumbprint"],"limitMs":120000}

                """)
        guard case .invoke(let back) = try reread(.invoke(call)) else {
            Issue.record("no invoke")
            return
        }
        #expect(back.parameters.count == 12 && back.limit == .seconds(120) && back.select == ["Thumbprint"])
        guard case .secure(let secret) = back.parameters.first(where: { $0.name == "Password" })?.value else {
            Issue.record("no secret")
            return
        }
        #expect(secret.revealedText == "p\u{E9}w")
    }

    @Test func `a line with a secret prints without it`() throws {
        let line = try CoordinatorFrame.invoke(
            .init(
                id: "x", command: "A\\B", parameters: [("P", .secure(Secret(text: "hunter22")))], select: [],
                limit: .seconds(1))
        ).line()
        for shown in ["\(line)", String(reflecting: line), "\(Mirror(reflecting: line).children.count)"] {
            #expect(!shown.contains("hunter") && !shown.contains("104"))
        }
    }

    @Test func `a blob is put in pieces that come together again`() throws {
        let data = Data((0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let frames = CoordinatorFrame.puts(blob: "b", data: data)
        #expect(frames.count == 3)
        var whole = Data()
        for frame in frames {
            guard case .put("b", let piece) = try reread(frame) else {
                Issue.record("no put")
                return
            }
            whole += piece
        }
        #expect(whole == data)
        #expect(CoordinatorFrame.puts(blob: "b", data: Data()).count == 1)
    }

    @Test func `a line of more than a mebibyte is not sent`() {
        #expect {
            try CoordinatorFrame.put(blob: "b", data: Data(count: 800_000)).line()
        } throws: {
            ($0 as? AgentProtocolError)?.code == .oversize
        }
    }

    @Test func `every frame of the agent comes back as it was`() throws {
        var hello = Hello()
        hello.pid = 4312
        hello.user = "CORP\\svc"
        hello.powerShell = "5.1.14393.0"
        hello.echo = StartLine.echoText
        hello.broken = ["x"]
        hello.holder = Hello.Holder(pid: 7, since: "2026-01-31T00:00:00Z")
        let error = ErrorData(
            message: "refus\u{E9}", id: "Certfleet.PfxRefused,Import-KeyBundle", category: "InvalidOperation",
            exceptions: [.init(type: "System.Exception", hresult: "0x80070056")])
        let done = Done(
            id: "s", ok: false, state: "Stopped", why: "limit",
            out: [.object(["A": .int(1), "B": .object(["by": .string("AQ==")])]), .null], warnings: ["w"],
            errors: [error], milliseconds: 12, workingSet: 1 << 28, handles: 500)
        let frames: [AgentFrame] = [
            .hello(hello), .done(done), .pong(id: "1"), .busy(id: "a", running: "b"), .stuck(id: "a", milliseconds: 1),
            .progress(id: "a", text: "t", status: "s", percent: 5, milliseconds: 9), .dead(id: "a", milliseconds: 2),
            .kept(blob: "b", bytes: 9), .error(why: "unknown", text: "x"), .bye(noise: "n\n"),
        ]
        let nonce = String(repeating: "a", count: 32)
        for frame in frames {
            let bytes = try frame.framed(nonce: nonce)
            #expect(bytes.allSatisfy { $0 < 0x7F })
            var scanner = FrameScanner(nonce: nonce)
            #expect(try scanner.feed(bytes).map { try AgentFrame(json: $0) } == [frame])
        }
    }

    @Test func `the start line comes back as it was and needs its nonce`() throws {
        let start = StartLine(nonce: "00112233445566778899aabbccddeeff", allow: ["A\\B"], hold: .seconds(15))
        #expect(try StartLine(line: try start.line().bytes.dropLast()) == start)
        #expect(throws: AgentProtocolError.self) { try StartLine(line: Array("{\"nonce\":\"12\"}".utf8)) }
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"k\":7}", "{\"k\":\"warp\"}", "{\"k\":\"done\",\"id\":\"a\"}", "{\"k\":\"hello\"}",
        "{\"k\":\"kept\",\"blob\":\"b\"}", "{\"k\":\"pong\"}", "{\"k\":\"pong\",\"id\":\"1\"", "\u{0}",
        "{\"k\":\"invoke\",\"id\":1,\"cmd\":\"x\",\"p\":{\"a\":{\"t\":\"by\",\"v\":\"?\"}}}",
        "{\"k\":\"invoke\",\"id\":1,\"cmd\":\"x\",\"p\":{\"a\":{\"t\":\"i\",\"v\":\"1\"}}}",
        "{\"k\":\"put\",\"blob\":\"b\",\"data\":\"?\"}",
    ])
    func `broken lines are errors on both sides`(line: String) {
        #expect(throws: AgentProtocolError.self) { try AgentFrame(json: Array(line.utf8)) }
        #expect(throws: AgentProtocolError.self) { try CoordinatorFrame(line: Array(line.utf8)) }
    }

    @Test func `a deeply nested line is an error and no crash`() {
        let deep = "{\"k\":" + String(repeating: "[", count: 200_000)
        #expect(throws: AgentProtocolError.self) { try AgentFrame(json: Array(deep.utf8)) }
        let closed =
            "{\"k\":\"done\",\"id\":\"a\",\"ok\":true,\"ran\":true,\"out\":"
            + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        #expect(throws: AgentProtocolError.self) { try AgentFrame(json: Array(closed.utf8)) }
    }
}
