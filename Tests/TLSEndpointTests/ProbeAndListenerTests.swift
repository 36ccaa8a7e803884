import Certificates
import FleetModel
import Foundation
import Testing

@testable import TLSEndpoint

@Suite struct ProbeAndListenerTests {
    private func probe(
        _ port: Int, address: String = "127.0.0.1", name: String = "fe01.example.com",
        deadline: Duration = .seconds(10),
        roots: [Data] = []
    ) async throws -> ProbeFinding {
        try await TLSProbe(rootSubjects: roots)
            .probe(address: address, port: port, serverName: name, deadline: deadline)
    }

    @Test func `a probe reports the certificate that a port shows`() async throws {
        let certificate = try TLSFixture.certificate("fe01.example.com")
        let listener = try TLSListener(identity: TLSFixture.identity(certificate))
        #expect(listener.port > 0)
        let found = try await probe(listener.port)
        #expect(found.thumbprint == certificate.thumbprint)
        #expect(found.dnsNames == ["fe01.example.com"])
        #expect(found.notAfter == certificate.notAfter)
        #expect(found.sendsChain)
        #expect(try await probe(listener.port, address: "localhost", name: "127.0.0.1") == found)
        await listener.stop()
    }

    @Test func `a chain without the issuer is told apart, a root's name settles it`() async throws {
        let certificate = try TLSFixture.certificate("fe01.example.com")
        let listener = try TLSListener(identity: TLSFixture.identity(certificate, chain: []))
        let root = TLSFixture.root.certificate.subjectDER
        #expect(try await !probe(listener.port).sendsChain)
        #expect(try await !probe(listener.port, roots: [root]).sendsChain)
        try listener.replace(TLSFixture.identity(certificate))
        #expect(try await probe(listener.port, roots: [root]).sendsChain)
        #expect(try await !probe(listener.port, roots: [certificate.subjectDER]).sendsChain)
        await listener.stop()
    }

    @Test func `a replaced certificate is shown from the next connection on, a bad one changes nothing`() async throws {
        let (first, second) = (try TLSFixture.certificate("a.example.com"), try TLSFixture.certificate("b.example.com"))
        let listener = try TLSListener(identity: TLSFixture.identity(first))
        #expect(try await probe(listener.port).thumbprint == first.thumbprint)
        try listener.replace(TLSFixture.identity(second))
        #expect(try await probe(listener.port).thumbprint == second.thumbprint)
        let foreign = TLSIdentity(certificate: first.der, key: try TLSFixture.newKey().pem(), chain: [])
        #expect { try listener.replace(foreign) } throws: { ($0 as? TLSError)?.code == .identity }
        #expect(try await probe(listener.port).thumbprint == second.thumbprint)
        await listener.stop()
    }

    @Test func `a taken port is named, a stopped one is free again`() async throws {
        let identity = try TLSFixture.identity(TLSFixture.certificate("a.example.com"))
        let listener = try TLSListener(identity: identity)
        let port = listener.port
        #expect { try TLSListener(port: port, identity: identity) } throws: { error in
            let error = error as? TLSError
            return error?.code == .portTaken && error?.description.contains("port \(port)") == true
        }
        await listener.stop()
        await listener.stop()
        let again = try TLSListener(port: port, identity: identity)
        #expect(again.port == port)
        await again.stop()
    }

    @Test func `the openssl program sees certificate and chain`() async throws {
        let certificate = try TLSFixture.certificate("fe01.example.com")
        let listener = try TLSListener(identity: TLSFixture.identity(certificate))
        for version in ["-tls1_2", "-tls1_3"] {
            let run = try openssl([
                "s_client", "-connect", "127.0.0.1:\(listener.port)", "-servername", "fe01.example.com", "-showcerts",
                version,
            ])
            #expect(run.output.contains("s:CN = fe01.example.com"))
            #expect(run.output.contains("s:CN = Example Issuing CA"))
            #expect(run.output.contains("i:CN = Example Root CA"))
        }
        await listener.stop()
    }

    @Test func `sixty listeners answer many probes at once`() async throws {
        let identity = try TLSFixture.identity(TLSFixture.certificate("a.example.com"))
        let listeners = try (0..<60).map { _ in try TLSListener(identity: identity) }
        let found = try await withThrowingTaskGroup(of: String.self) { group in
            for listener in listeners { group.addTask { try await probe(listener.port).thumbprint } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
        for listener in listeners { await listener.stop() }
    }

    @Test func `a silent client is cut off, others are served meanwhile`() async throws {
        let identity = try TLSFixture.identity(TLSFixture.certificate("a.example.com"))
        let listener = try TLSListener(identity: identity, handshakeLimit: .seconds(3))
        let silent = try makeSocket(family: AF_INET)
        let address = try #require(try SocketAddress.resolve("127.0.0.1", port: listener.port).first)
        _ = address.withSockaddr { connect(silent, $0, $1) }
        #expect(try await probe(listener.port).dnsNames == ["a.example.com"])
        // The read returns when the listener hangs up; a listener that never does fails the test's time limit.
        _ = fcntl(silent, F_SETFL, 0)
        let ended = await withCheckedContinuation { continuation in
            DispatchQueue(label: "test").async {
                var byte: UInt8 = 0
                continuation.resume(returning: recv(silent, &byte, 1, 0))
            }
        }
        #expect(ended == 0)
        close(silent)
        await listener.stop()
    }

    @Test(arguments: [
        ["-Verify", "1", "-tls1_2", "-verify_return_error"], ["-Verify", "1", "-tls1_3", "-verify_return_error"],
        ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
    ])
    func `a server that refuses us for want of a certificate, or speaks only TLS 1.0, is still seen`(
        options: [String]
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = try TLSFixture.certificate("edge.example.com")
        let (leaf, key) = (folder.appendingPathComponent("leaf.pem"), folder.appendingPathComponent("leaf.key"))
        try certificate.pem.write(to: leaf)
        try Data(TLSFixture.key.pem().revealed).write(to: key)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            [
                "s_server", "-accept", "127.0.0.1:0", "-cert", leaf.path, "-key", key.path, "-naccept", "1",
            ] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = Pipe()
        try process.run()
        defer { process.terminate() }
        var said = ""
        while !said.contains("ACCEPT 127.0.0.1:") || !said.hasSuffix("\n") {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty)
            said += String(decoding: more, as: UTF8.self)
        }
        let after = try #require(said.range(of: "ACCEPT 127.0.0.1:"))
        let port = try #require(Int(said[after.upperBound...].prefix { $0.isNumber }))
        #expect(try await probe(port).thumbprint == certificate.thumbprint)
    }

    @Test func `nobody there, no TLS, silence and an unknown name are four different answers`() async throws {
        let identity = try TLSFixture.identity(TLSFixture.certificate("a.example.com"))
        let listener = try TLSListener(identity: identity)
        await listener.stop()
        await #expect { try await probe(listener.port) } throws: {
            ($0 as? Fault)?.code == "probe.unreachable"
                && ($0 as? Fault)?.message.contains("connection refused") == true
        }
        let plain = PlainPort()
        await #expect { try await probe(plain.port, deadline: .milliseconds(200)) } throws: {
            ($0 as? Fault)?.code == "probe.timed-out" && ($0 as? Fault)?.message.contains("within 0.2 s") == true
        }
        let rude = PlainPort()
        Thread.detachNewThread { [port = UncheckedBox(rude)] in port.value.answerOnce("SIP/2.0 400 Bad Request\r\n\r\n")
        }
        await #expect { try await probe(rude.port) } throws: { ($0 as? Fault)?.code == "probe.no-certificate" }
        await #expect { try await probe(1, address: "no-such-name.invalid") } throws: {
            ($0 as? Fault)?.code == "probe.unreachable"
        }
    }

    @Test func `the text of a key is in no error`() throws {
        let certificate = try TLSFixture.certificate("a.example.com")
        let bad = TLSIdentity(certificate: certificate.der, key: Secret(text: "sesame"), chain: [])
        #expect { try TLSListener(identity: bad) } throws: {
            ($0 as? TLSError)?.code == .identity && !"\($0)".contains("sesame")
        }
    }
}

/// For a test's own thread.
struct UncheckedBox<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
