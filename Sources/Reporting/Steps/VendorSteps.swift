#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import FleetModel

/// The 21 pages of the vendor's wizard, filled from what a run did for one order on one server.
///
/// Source: the vendor's page on configuring certificates for Front End Servers, step by step. Two modes: immediate, where
/// the server asks its enterprise authority itself, and delayed, where the request is a file that somebody carries.
package struct VendorSteps: Sendable {
    let order: OrderReport
    let host: HostReport
    let began: Date
    let consent: String?
    let entry: OrderReport.OnHost?

    package init(order: OrderReport, host: HostReport, report: RunReport) {
        self.order = order
        self.host = host
        began = report.began
        consent = report.consent
        entry = order.hosts.first { $0.host == host.name }
    }

    /// Exchange has steps of its own; the wizard knows nothing of it.
    package static func serves(_ order: OrderReport) -> Bool {
        !order.summary.usages.contains { ["UM", "UMCallRouter"].contains($0) }
    }

    /// All 21, in the vendor's order.
    package var all: [VendorStep] { asking + choosing + reviewing + assigning }

    /// The 21 with what the page says before them and with the delayed mode's detour after the fourth.
    package var rows: [VendorStep] {
        [before] + all.flatMap { $0.number == 4 ? [$0, carried] : [$0] }
    }

    // MARK: What the run did

    func step(_ ids: String...) -> StepReport? {
        host.steps.first { step in
            ids.contains(step.key.step) && step.key.subject == order.summary.order
        }
    }

    var request: StepReport? { step("request", "request-online") }
    var call: String { request?.call ?? "" }
    var immediate: Bool { Self.value(of: "CA", in: call) != nil }
    var usages: String { order.summary.usages.joined(separator: ", ") }
    /// Why nothing was asked for, when nothing was.
    var unasked: String? {
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

    /// A page that one step of ours is.
    func row(_ number: Int, _ page: String, _ step: StepReport?, readBack: String? = nil, why: String) -> VendorStep {
        guard let step else { return VendorStep(number, page, notApplicable: why) }
        return VendorStep(
            number, page, called: step.call ?? step.read ?? step.title, readBack: readBack ?? Self.result(of: step),
            at: step.began)
    }

    /// What was read back, or how the step ended where it did not end well.
    static func result(of step: StepReport) -> String {
        guard let status = step.status else { return "begun, and nothing was heard since" }
        guard status == .done || status == .foundDone else {
            return ResultWords.text(status) + (step.fault.map { ": \($0.message)" } ?? "")
        }
        return step.seenText.map { seen in step.read.map { "\($0): \(seen)" } ?? seen } ?? ResultWords.text(status)
    }

    /// A choice that is made by parameters of the request, and seen in the certificate that came of it.
    func choice(
        _ number: Int, _ page: String, _ parameters: [String], shownBy properties: [String], absent: String
    ) -> VendorStep {
        if let unasked { return VendorStep(number, page, notApplicable: unasked) }
        let given = parameters.compactMap { name in Self.value(of: name, in: call).map { "-\(name) \($0)" } }
        guard !given.isEmpty else { return VendorStep(number, page, notApplicable: absent) }
        return VendorStep(
            number, page, called: given.joined(separator: " "),
            readBack: inStore(properties) ?? (request?.status == .done ? "in the request that the server made" : nil),
            at: request?.began)
    }

    /// Properties of the new certificate, as the server's store shows it.
    func inStore(_ properties: [String]) -> String? {
        step("entry")?.seen(of: properties).map { "in the store: \($0)" }
    }

    /// What the comparison of request and answer with the order said.
    var compared: String? {
        step("check").map { check in
            check.status == .done ? "compared with the order: equal" : check.fault?.message ?? "compared with the order"
        }
    }
}
