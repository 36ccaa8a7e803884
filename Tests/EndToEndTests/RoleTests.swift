import TestSupport
import Testing

/// The roles beside Front Ends, Edge and Exchange: the same pages of the product, other services and no quorum.
struct RoleTests {
    @Test func `Directors, Mediation Servers, a branch appliance and Call Routers are renewed, one member at a time`()
        async throws
    {
        try await LabProject.up("roles") { lab in
            let before = try lab.usages("sba01")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 0, "\(renew)")
            let switches = try await lab.report().switches
            #expect(Set(switches.map(\.host)) == ["dir01", "dir02", "med01", "med02", "sba01", "cas01", "cas02"])
            for pool in ["dir", "med", "cas"] {
                let members = switches.filter { $0.host.hasPrefix(pool) }
                #expect(members.count == 2 && !members[0].overlaps(members[1]), "\(members)")
            }
            #expect(try lab.usages("sba01") != before)
            let status = try await lab.run("status", "--detailed-exitcode")
            #expect(status.code == 0, "\(status)")
            let again = try await lab.run("renew", "--yes")
            #expect(again.code == 0 && again.errors.contains("nothing is due"), "\(again)")
        }
    }

    @Test func `before a Director or a Mediation Server is stopped, its partner is asked`() async throws {
        try await LabProject.up("roles") { lab in
            let plan = try await lab.run("plan")
            for host in ["dir01", "dir02", "med01", "med02", "cas01", "cas02"] {
                #expect(plan.output.contains("gate before \(host)\n"), "\(plan)")
            }
            #expect(!plan.output.contains("gate before sba01"))
        }
    }
}
