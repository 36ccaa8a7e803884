import FleetModel
import SSHTransport
import Testing

@testable import CertfleetCLI

struct HostSignInTests {
    @Test func `servers of one group of the inventory are one to the transport, by either door`() {
        func endpoint(_ name: String, _ group: ServerGroup?) -> SSHEndpoint {
            HostSignIn.endpoint(
                Host(
                    name: name, fqdn: "\(name).example.com", address: name,
                    ssh: SSHSettings(user: "me", group: group),
                    place: SourcePlace(file: "inv.yml", line: 1, column: 1)))
        }
        let pool = ServerGroup(level: .pool("fe"), handshakesPerSecond: 3)
        #expect(endpoint("a", pool).group == SSHServerGroup(name: "pool fe", perSecond: 3))
        #expect(endpoint("a", pool).group == endpoint("b", pool).group)
        #expect(endpoint("a", nil).group == nil)
    }
}
