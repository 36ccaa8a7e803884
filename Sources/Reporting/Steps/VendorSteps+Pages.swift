import FleetModel

// The wizard's pages, in their order.
extension VendorSteps {
    private var ground: SurveyedGround? { order.summary.ground?[host.name] }

    /// What the vendor's page asks for before its first step: the rights, and one run per server.
    var before: VendorStep {
        let place = order.summary.hosts.firstIndex(of: host.name) ?? 0
        let others = order.summary.hosts.count
        let turn = others > 1 ? "server \(place + 1) of \(others)" : "this server has a certificate of its own"
        guard let agent = host.agents.first else {
            return VendorStep(0, "before you begin", notApplicable: "the server was not reached")
        }
        return VendorStep(
            0, "before you begin", called: "one server at a time: \(turn)", readBack: ground?.rights, at: agent.time)
    }

    var asking: [VendorStep] {
        let agent = host.agents.first
        return [
            VendorStep(
                1, "deployment wizard, step 3: run",
                called: agent == nil ? nil : "module loaded, server surveyed",
                readBack: agent.map { ground?.server ?? "agent started: \($0.text)" }, at: agent?.time,
                notApplicable: agent == nil ? "the server was not reached" : nil),
            row(2, "request", request, readBack: request.map { _ in "usages \(usages)" }, why: unasked ?? ""),
            VendorStep(
                3, "certificate request",
                called: "the plan was shown: \(ResultWords.text(order.summary.need))",
                readBack: order.summary.reasons.map(\.text).joined(separator: "; "), at: began),
            mode,
            immediate
                ? choice(5, "choose a certification authority", ["CA"], shownBy: ["Issuer"], absent: "")
                : VendorStep(
                    5, "choose a certification authority",
                    notApplicable: unasked ?? "delayed: the request was carried to \(order.summary.authority)"),
            immediate
                ? choice(
                    6, "authority account", ["CaAccount"], shownBy: [], absent: "the session's own account was used")
                : VendorStep(
                    6, "authority account",
                    notApplicable: unasked ?? "delayed: the server did not speak to the authority"),
        ]
    }

    private var mode: VendorStep {
        let page = "delayed or immediate"
        guard unasked == nil, let request else { return VendorStep(4, page, notApplicable: unasked ?? "") }
        let file = Self.value(of: "Output", in: call)
        return VendorStep(
            4, page, called: immediate ? "immediate" : "delayed, request in \(file ?? "the answer of the call")",
            readBack: Self.result(of: request), at: request.began)
    }

    /// The delayed mode's detour: carried to the authority, answered, put on the server.
    var carried: VendorStep {
        let page = "carried to the authority, answered, imported"
        func row(called: String? = nil, readBack: String? = nil, _ step: StepReport? = nil, why: String? = nil)
            -> VendorStep
        {
            VendorStep(4, page, row: "4b", called: called, readBack: readBack, at: step?.began, notApplicable: why)
        }
        if immediate { return row(why: "immediate: the server asked the authority itself") }
        guard unasked == nil, let sign = step("sign") else { return row(why: unasked ?? "the run did not come so far") }
        if let waiting = order.resting[host.name] {
            return row(called: "handed to \(order.summary.authority)", readBack: "waits: \(waiting)", sign)
        }
        guard sign.status == .done || sign.status == .foundDone else {
            return row(called: "handed to \(order.summary.authority)", readBack: Self.result(of: sign), sign)
        }
        let answer = "issued by \(order.summary.authority)\(order.serial.map { ", serial \($0)" } ?? "")"
        let brought = step("import").map { "; \(Self.result(of: $0))" } ?? ""
        return row(
            called: step("import")?.call ?? "handed to \(order.summary.authority)", readBack: answer + brought, sign)
    }

    var choosing: [VendorStep] {
        [
            choice(7, "certificate template", ["Template"], shownBy: ["Ekus"], absent: "the authority's own choice"),
            choice(
                8, "name and security settings", ["FriendlyName", "KeySize", "PrivateKeyExportable"],
                shownBy: ["FriendlyName", "KeySize", "KeyExportable"], absent: "left to the product"),
            choice(
                9, "organization information", ["Organization", "OU"], shownBy: ["Subject"],
                absent: "the inventory names none"),
            choice(
                10, "geographical information", ["Country", "State", "City"], shownBy: ["Subject"],
                absent: "the inventory names none"),
        ]
    }

    var reviewing: [VendorStep] {
        let names = order.summary.names
        let added = names.filter { $0.origin.hasPrefix("inventory") }
        let sip = names.filter { $0.name.hasPrefix("sip.") }
        let shown = [compared, inStore(["Subject", "DnsNames"])].compactMap { $0 }.joined(separator: "; ")
        func part(_ number: Int, _ page: String, _ names: [OrderedName], absent: String) -> VendorStep {
            guard !names.isEmpty else { return VendorStep(number, page, notApplicable: absent) }
            let seen = step("entry")?.seen("DnsNames").map { $0.lowercased() } ?? []
            let there = names.map(\.name).filter { seen.contains($0.lowercased()) }
            return VendorStep(
                number, page, called: names.map(\.name).joined(separator: ", "),
                readBack: seen.isEmpty ? compared : "in the store's certificate: \(there.joined(separator: ", "))",
                at: (step("entry") ?? request)?.began)
        }
        return [
            VendorStep(
                11, "subject name and alternative names",
                called: "CN=\(order.summary.subject); \(counted(names.count, "name"))",
                readBack: shown.isEmpty ? nil : shown, at: (step("check") ?? step("entry"))?.began ?? began),
            part(12, "SIP domain setting", sip, absent: "no automatic sign-in with strict DNS matching"),
            part(13, "additional alternative names", added, absent: "the inventory adds none"),
            VendorStep(
                14, "summary", called: "the plan was shown, and agreed to",
                readBack: consent ?? "recorded with the run", at: began),
            row(15, "executing commands: the request", request, why: unasked ?? ""),
            issued,
        ]
    }

    private var issued: VendorStep {
        let page = immediate ? "online request status" : "request file; status after import"
        if let waiting = order.resting[host.name] {
            return VendorStep(
                16, page, called: "asked \(order.summary.authority)", readBack: "waits: \(waiting)",
                at: step("sign", "answer")?.began)
        }
        guard let brought = step("import", "import-copy") ?? (immediate ? request : nil) else {
            return row(16, page, step("sign"), why: unasked ?? "the run did not come so far")
        }
        let serial = order.serial.map { ", serial \($0)" } ?? ""
        let chain = step("chain").map { "; \(Self.result(of: $0))" } ?? ""
        return VendorStep(
            16, page, called: brought.call ?? brought.title,
            readBack: "issued \(entry?.new ?? "without a thumbprint")\(serial)\(chain)", at: brought.began)
    }

    var assigning: [VendorStep] {
        let old = Set((entry?.former ?? [:]).values).sorted().joined(separator: ", ")
        let assign = step("assign")
        let never =
            order.summary.need == .none
            ? "nothing was due"
            : order.summary.assignsLater == true
                ? "assignment by hand (assign: manual): it waits for certfleet assign \(order.summary.pool)"
                : "the switch did not begin here"
        let gate = host.gates.last.map { ", gate \($0)" } ?? ""
        return [
            VendorStep(
                17, "certificate assignment",
                called: assign == nil ? nil : "a step of its own, not the request's\(gate)",
                readBack: assign == nil ? nil : usages, at: assign?.began, notApplicable: assign == nil ? never : nil),
            row(18, "certificate store", step("entry"), readBack: chosen, why: never),
            VendorStep(
                19, "assignment summary",
                called: assign == nil ? nil : "old \(old.isEmpty ? "none" : old), new \(entry?.new ?? "none")",
                readBack: assign == nil ? nil : usages, at: assign?.began, notApplicable: assign == nil ? never : nil),
            row(20, "executing commands: the assignment", assign, why: never),
            assigned(never),
        ]
    }

    /// The two causes of "not valid" that the page names, both looked at: the chain and the key.
    private var chosen: String? {
        let parts = [
            step("entry")?.seen(of: ["Thumbprint", "HasPrivateKey"]),
            step("chain")?.seen(of: ["Valid"]).map { "chain \($0)" },
            step("possession")?.status == .done ? "a nonce signed with the key" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private func assigned(_ never: String) -> VendorStep {
        let read = step("assigned")
        let ports = (entry?.evidence ?? []).filter { !$0.hasPrefix("Get-") }
        guard let read else { return VendorStep(21, "status: assigned", notApplicable: never) }
        return VendorStep(
            21, "status: assigned", called: read.read ?? read.title,
            readBack: ([read.seenText ?? Self.result(of: read)] + ports).joined(separator: "; "), at: read.began)
    }
}
