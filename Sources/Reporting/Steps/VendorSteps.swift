#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import FleetModel

/// One step of the vendor's certificate wizard on one server: what was called for it, what was read back, and when.
package struct VendorStep: Sendable, Equatable {
    package var number: Int
    /// The wizard's page in a few words.
    package var page: String
    package var called: String?
    package var readBack: String?
    package var at: Date?
    /// Why the step does not apply, where it does not.
    package var notApplicable: String?
}

/// The 21 pages of the vendor's wizard, filled from what a run did for one order on one server.
///
/// Source: the vendor's page on configuring certificates for Front End Servers, step by step. Two modes: immediate, where
/// the server asks its enterprise authority itself, and delayed, where the request is a file that somebody carries.
package struct VendorSteps: Sendable {
    let order: OrderReport
    let host: HostReport
    private let began: Date
    private let entry: OrderReport.OnHost?

    package init(order: OrderReport, host: HostReport, began: Date) {
        self.order = order
        self.host = host
        self.began = began
        entry = order.hosts.first { $0.host == host.name }
    }

    /// All 21, in the vendor's order.
    package var all: [VendorStep] { asking + choosing + reviewing + assigning }

    // MARK: What the run did

    private func step(_ ids: String..., verified: Bool = true) -> StepReport? {
        host.steps.first { step in
            ids.contains(step.key.step) && step.key.subject == order.summary.order
        }
    }

    private var request: StepReport? { step("request", "request-online") }
    private var call: String { request?.call ?? "" }
    private var immediate: Bool { Self.value(of: "CA", in: call) != nil }
    private var usages: String { order.summary.usages.joined(separator: ", ") }
    /// Why nothing was asked for, when nothing was.
    private var unasked: String? {
        guard request == nil else { return nil }
        switch order.summary.need {
        case .none: return "nothing was due"
        case .unknown: return "its servers could not be looked at"
        case .assign: return "a fitting certificate was in the store already"
        case .distribute: return "the shared certificate exists; it was brought here with its key"
        case .issue:
            return order.summary.sharing == .host ? "the run did not come so far" : "the key was born on another member"
        }
    }

    /// The value of a parameter in a journalled call: `-KeySize 2048`, `-CA 'host\name'`.
    static func value(of parameter: String, in call: String) -> String? {
        guard let found = call.firstRange(of: " -\(parameter) ") else { return nil }
        let rest = call[found.upperBound...]
        if rest.first == "'" {
            let inner = rest.dropFirst()
            return String(inner.prefix { $0 != "'" })
        }
        return String(rest.prefix { $0 != " " })
    }

    private func row(_ number: Int, _ page: String, _ step: StepReport?, readBack: String? = nil, why: String)
        -> VendorStep
    {
        guard let step else { return VendorStep(number: number, page: page, notApplicable: why) }
        let words = step.status.map(ResultWords.text) ?? "begun, and nothing was heard since"
        return VendorStep(
            number: number, page: page, called: step.call ?? step.title, readBack: readBack ?? words, at: step.began)
    }

    /// A choice that is made by parameters of the request.
    private func choice(_ number: Int, _ page: String, _ parameters: [String], absent: String) -> VendorStep {
        if let unasked { return VendorStep(number: number, page: page, notApplicable: unasked) }
        let given = parameters.compactMap { name in Self.value(of: name, in: call).map { "-\(name) \($0)" } }
        guard !given.isEmpty else { return VendorStep(number: number, page: page, notApplicable: absent) }
        return VendorStep(
            number: number, page: page, called: given.joined(separator: " "),
            readBack: request?.status == .done ? "in the request that the server made" : nil, at: request?.began)
    }

    /// What the comparison of request and answer with the order said.
    private var compared: String? {
        step("check").map { check in
            check.status == .done ? "compared with the order: equal" : check.fault?.message ?? "compared with the order"
        }
    }

    // MARK: The pages

    private var asking: [VendorStep] {
        let agent = host.agents.first
        return [
            VendorStep(
                number: 1, page: "deployment wizard, step 3: run", called: "module loaded, server surveyed",
                readBack: agent.map { "agent started: \($0.text)" }, at: agent?.time,
                notApplicable: agent == nil ? "the server was not reached" : nil),
            row(2, "request", request, why: unasked ?? ""),
            VendorStep(
                number: 3, page: "certificate request",
                called: "the plan was shown: \(ResultWords.text(order.summary.need))",
                readBack: order.summary.reasons.map(\.text).joined(separator: "; "), at: began),
            mode,
            immediate
                ? choice(5, "choose a certification authority", ["CA"], absent: "")
                : VendorStep(
                    number: 5, page: "choose a certification authority",
                    notApplicable: "delayed: the request was carried to \(order.summary.authority)"),
            immediate
                ? choice(6, "authority account", ["CaAccount"], absent: "the session's own account was used")
                : VendorStep(
                    number: 6, page: "authority account",
                    notApplicable: "delayed: the server did not speak to the authority"),
        ]
    }

    private var mode: VendorStep {
        if let unasked { return VendorStep(number: 4, page: "delayed or immediate", notApplicable: unasked) }
        let file = Self.value(of: "Output", in: call)
        return VendorStep(
            number: 4, page: "delayed or immediate",
            called: immediate ? "immediate" : "delayed, request in \(file ?? "the answer of the call")",
            readBack: request?.status.map(ResultWords.text), at: request?.began)
    }

    private var choosing: [VendorStep] {
        [
            choice(7, "certificate template", ["Template"], absent: "the authority's own choice"),
            choice(
                8, "name and security settings", ["FriendlyName", "KeySize", "PrivateKeyExportable"],
                absent: "left to the product"),
            choice(9, "organization information", ["Organization", "OU"], absent: "the inventory names none"),
            choice(10, "geographical information", ["Country", "State", "City"], absent: "the inventory names none"),
        ]
    }

    private var reviewing: [VendorStep] {
        let names = order.summary.names
        let added = names.filter { $0.origin.hasPrefix("inventory") }
        let sip = names.filter { $0.name.hasPrefix("sip.") }
        return [
            VendorStep(
                number: 11, page: "subject name and alternative names",
                called: "CN=\(order.summary.subject); \(names.count) names", readBack: compared,
                at: step("check")?.began),
            sip.isEmpty
                ? VendorStep(
                    number: 12, page: "SIP domain setting",
                    notApplicable: "no automatic sign-in with strict DNS matching")
                : VendorStep(
                    number: 12, page: "SIP domain setting", called: sip.map(\.name).joined(separator: ", "),
                    readBack: compared, at: request?.began),
            added.isEmpty
                ? VendorStep(number: 13, page: "additional alternative names", notApplicable: "the inventory adds none")
                : VendorStep(
                    number: 13, page: "additional alternative names", called: added.map(\.name).joined(separator: ", "),
                    readBack: compared, at: request?.began),
            VendorStep(
                number: 14, page: "summary", called: "consent to the plan", readBack: "recorded with the run", at: began
            ),
            row(15, "executing commands: the request", request, why: unasked ?? ""),
            issued,
        ]
    }

    private var issued: VendorStep {
        let page = immediate ? "online request status" : "request file; status after import"
        let brought = step("import", "import-copy")
        if let waiting = order.resting[host.name] {
            return VendorStep(
                number: 16, page: page, called: "asked \(order.summary.authority)", readBack: "waits: \(waiting)",
                at: step("sign")?.began)
        }
        guard let brought else { return row(16, page, step("sign"), why: unasked ?? "the run did not come so far") }
        let serial = order.serial.map { ", serial \($0)" } ?? ""
        let chain = step("chain")?.status == .done ? "; in the store with its key, chain valid" : ""
        return VendorStep(
            number: 16, page: page, called: brought.call ?? brought.title,
            readBack: "\(entry?.new ?? "no thumbprint")\(serial)\(chain)", at: brought.began)
    }

    private var assigning: [VendorStep] {
        let old = Set((entry?.former ?? [:]).values).sorted().joined(separator: ", ")
        let assign = step("assign")
        let never = "the switch did not begin here"
        return [
            VendorStep(
                number: 17, page: "certificate assignment",
                called: assign == nil ? nil : "a step of its own, after the gate: \(host.gates.last ?? "none")",
                readBack: assign == nil ? nil : usages, at: assign?.began, notApplicable: assign == nil ? never : nil),
            row(
                18, "certificate store", step("entry"),
                readBack: step("possession")?.status == .done ? "store entry with key; a nonce signed with it" : nil,
                why: never),
            VendorStep(
                number: 19, page: "assignment summary",
                called: "old \(old.isEmpty ? "none" : old), new \(entry?.new ?? "none")",
                readBack: usages, at: assign?.began, notApplicable: assign == nil ? never : nil),
            row(20, "executing commands: the assignment", assign, why: never),
            assigned(never),
        ]
    }

    private func assigned(_ never: String) -> VendorStep {
        guard let entry, !entry.evidence.isEmpty else {
            return row(21, "status: assigned", step("assigned"), why: never)
        }
        return VendorStep(
            number: 21, page: "status: assigned", called: step("assigned")?.title,
            readBack: entry.evidence.joined(separator: "; "),
            at: step("assigned")?.began)
    }
}
