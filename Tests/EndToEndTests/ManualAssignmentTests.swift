import Foundation
import TestSupport
import Testing

/// `assign: manual`: the tick box of the wizard's page 16, taken out.
struct ManualAssignmentTests {
    @Test func `the certificate waits in the store, is shown, is not ordered again, and is assigned by a command`()
        async throws
    {
        try await LabProject.up("online") { lab in
            try lab.editInventory { $0.replace("assign: automatic", with: "assign: manual") }
            let before = try lab.usages("fe01")
            let renew = try await lab.run("renew", "--yes")
            #expect(renew.code == 3, "\(renew)")
            #expect(renew.errors.contains(" assign fe-lyon"), "\(renew)")
            #expect(try lab.usages("fe01") == before)
            let issued = try lab.issued("corp")
            #expect(issued.count == 2)
            let steps = try await lab.run("report", "--by-step")
            #expect(steps.output.contains("it waits for certfleet assign fe-lyon"), "\(steps)")
            let status = try await lab.run("status")
            #expect(status.output.contains("in the store, waits: certfleet assign fe-lyon"), "\(status)")
            let list = try await lab.run("pending", "list")
            #expect(list.output.contains("fe-lyon/fe on fe02: in the store since run "), "\(list)")
            let again = try await lab.run("renew", "--yes")
            #expect(again.code == 3 && again.errors.contains("waits to be assigned"), "\(again)")
            #expect(try lab.issued("corp") == issued)

            let assign = try await lab.run("assign", "fe-lyon", "--yes")
            #expect(assign.code == 0, "\(assign)")
            for host in ["fe01", "fe02"] {
                let usages = try lab.usages(host)
                #expect(Set(usages.values).count == 1 && usages["Default"] != before["Default"])
            }
            #expect(try lab.issued("corp") == issued)
            #expect(try await lab.run("pending", "list").output == "")
            let none = try await lab.run("assign", "--yes")
            #expect(none.code == 0 && none.errors.contains("nothing waits to be assigned"), "\(none)")
        }
    }

    @Test func `a certificate of another authority is named by status and plan, and not ordered anew for that`()
        async throws
    {
        try await LabProject.up("online") { lab in
            #expect(try await lab.run("renew", "--yes").code == 0)
            // The inventory names another authority from now on: here the lab's root alone.
            try lab.editInventory { text in
                text.replace("ca/corp/issuing.pem", with: "ca/root.pem")
            }
            let status = try await lab.run("status", "--detailed-exitcode")
            #expect(status.code == 0, "\(status)")
            #expect(
                status.output.contains(
                    "the one assigned on fe01 was issued by Lab Issuing Authority corp, not by corp (Lab Root Authority)"
                ),
                "\(status)")
            #expect(try await lab.run("plan").output.contains("was issued by Lab Issuing Authority corp"))
        }
    }
}
