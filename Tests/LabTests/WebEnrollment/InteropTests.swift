import ChildProcess
import Certificates
import FleetModel
import FoundationEssentials
import Testing

@testable import Lab

/// Clients that others wrote, against the lab's web pages.
@Suite struct InteropTests {
    private func python(_ script: String, _ fixture: PagesFixture) async throws -> ChildResult {
        let request = fixture.scratch.path + "/request.pem"
        try StateFile.write(try PagesFixture.request().request, to: request)
        return try await ChildCommand(
            "python3", ["-c", script],
            environment: [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": Self.modules,
                "ROOT": fixture.folder.root + ".pem", "PORT": "\(fixture.port)",
                "PASSWORD_FILE": fixture.folder.webPassword("corp"), "REQUEST": request,
            ]
        ).run(limit: .seconds(60))
    }

    /// Debian's python3-requests-ntlm, which `make setup` installs; it binds its answers to the TLS channel.
    @Test(arguments: [[], [WebFault.channelBinding]])
    func `an independent NTLM client is signed in, and refused with a wrong password`(faults: [WebFault]) async throws {
        let fixture = try await PagesFixture()
        for fault in faults { try fixture.set(fault) }
        let script = """
            import os, requests
            from requests_ntlm import HttpNtlmAuth
            url = "https://localhost:" + os.environ["PORT"] + "/certsrv/"
            for password in [open(os.environ["PASSWORD_FILE"]).read(), "wrong"]:
                session = requests.Session()
                session.verify = os.environ["ROOT"]
                session.trust_env = False
                session.auth = HttpNtlmAuth("LAB\\\\certfleet", password)
                print(session.get(url).status_code, session.get(url + "certcarc.asp").status_code)
            """
        let result = try await python(script, fixture)
        #expect(result.output.text == "200 200\n401 401\n", "\(result.errors.text)")
    }

    /// Where `make setup` puts PyPI's `certsrv`.
    private static let modules = "\(#filePath.split(separator: "/Tests/")[0])/.build/python"

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: "\(modules)/certsrv.py"),
            "PyPI's client named certsrv is not in .build/python; make setup fetches it"))
    func `an independent client of the pages gets certificate, chain, number and denial`() async throws {
        let script = """
            import os, certsrv
            from cryptography import x509
            password = open(os.environ["PASSWORD_FILE"]).read()
            csr = open(os.environ["REQUEST"]).read()
            for method in ["ntlm", "basic"]:
                ca = certsrv.Certsrv("localhost:" + os.environ["PORT"], "LAB\\\\certfleet", password, method, os.environ["ROOT"])
                print(ca.check_credentials())
                try:
                    cert = x509.load_pem_x509_certificate(ca.get_cert(csr, "WebServer"))
                    print(cert.subject.rfc4514_string(), len(ca.get_chain()) > 500, b"BEGIN CERT" in ca.get_ca_cert())
                except certsrv.CertificatePendingException as error:
                    print("pending", error.req_id)
                except certsrv.RequestDeniedException as error:
                    print("denied", str(error)[:40])
            """
        let issued = try await PagesFixture()
        let one = try await python(script, issued)
        let line = "True\nCN=fe01.example.com True True\n"
        #expect(one.output.text == line + line, "\(one.errors.text)")
        try issued.set(.approval)
        let two = try await python(script, issued)
        #expect(two.output.text == "True\npending 42\nTrue\npending 43\n", "\(two.errors.text)")
        try issued.set(.templateUnsupported)
        let three = try await python(script, issued)
        #expect(three.output.text.hasPrefix("True\ndenied Denied by Policy Module"), "\(three.errors.text)")
    }
}
