import FleetModel
import Foundation

/// Something that goes wrong on a pretend server at a call.
struct Trouble: Sendable {
    enum Kind: Sendable {
        case error, diskFull
        /// The line breaks: the call was not begun, or it is done and its answer lost.
        case cutBefore, cutAfter
    }

    var kind: Kind
    /// The call's step; `assign.verify` for a proof.
    var step: String
    var times = 1
    /// So many calls of this step go well before.
    var sparing = 0
}

/// A Windows server of which nothing is left but the state that the procedures' cmdlets touch.
actor FakeServer {
    struct Entry: Sendable {
        var minted: Minted
        var friendlyName: String
        var notBefore: Date
        var notAfter: Date
        var exportable: Bool
    }

    nonisolated let host: FleetModel.Host
    nonisolated let pool: Pool
    nonisolated let book: CertificateBook

    var my: [Entry] = []
    var roots: [String] = ["ROOT"]
    var intermediates: [String] = ["CORP", "PUBLIC"]
    var requests: [(name: String, key: String, exportable: Bool)] = []
    var assigned: [String: String] = [:]
    var serving: [String: String] = [:]
    var services: [String: String]
    /// Path → file → bytes; an agent's folders go with it.
    var folders: [String: [String: Data]] = [:]
    var made = 0

    var troubles: [Trouble] = []
    /// What the gate's cmdlets say.
    var readiness = "Ready"
    var fabric: [(primary: String?, secondaries: [String])] = [("fe01", ["fe02"])]
    /// Who holds the server, for as many greetings.
    var holders: [String] = []
    var isDown = false
    private(set) var steps: [String] = []
    private(set) var cmdlets: [String] = []
    private(set) var passwords: [String] = []

    init(host: FleetModel.Host, pool: Pool, book: CertificateBook) {
        self.host = host
        self.pool = pool
        self.book = book
        let names =
            pool.type == .edge ? ["RTCSRV", "RTCDATAPROXY", "RTCMRAUTH", "RTCMEDIARELAY"] : ["RTCSRV", "W3SVC"]
        services = Dictionary(uniqueKeysWithValues: names.map { ($0, "Running") })
    }

    // MARK: For tests

    func change(_ body: @Sendable (isolated FakeServer) -> Void) { body(self) }

    func fail(_ kind: Trouble.Kind, at step: String, times: Int = 1, sparing: Int = 0) {
        troubles.append(Trouble(kind: kind, step: step, times: times, sparing: sparing))
    }

    func hold(by names: [String]) { holders = names }

    func count(_ step: String) -> Int { steps.count { $0 == step } }

    func keys() -> Set<String> { Set(my.map(\.minted.key)) }

    var leftovers: [String] { folders.flatMap { $0.value.keys } + requests.map(\.name) }

    // MARK: The line

    func greet() throws -> HostGreeting {
        if isDown { throw Fault("ssh.refused", .unreachable, host: host.name, "nothing listens") }
        return HostGreeting(holder: holders.isEmpty ? nil : holders.removeFirst(), powerShell: "5.1")
    }

    /// The agent deletes its own folders when it ends.
    func agentEnded() { folders = [:] }

    func call(_ call: CmdletCall) throws -> CallReply {
        steps.append(call.step)
        var trouble = troubles.firstIndex { $0.step == call.step && $0.times > 0 }
        if let index = trouble, troubles[index].sparing > 0 {
            troubles[index].sparing -= 1
            trouble = nil
        }
        if let trouble { troubles[trouble].times -= 1 }
        switch trouble.map({ troubles[$0].kind }) {
        case .error:
            return CallReply(succeeded: false, errors: [CallError(message: "access denied", id: "Denied")])
        case .diskFull:
            return CallReply(succeeded: false, errors: [CallError(message: "disk full", hresult: "0x80070070")])
        case .cutBefore: throw lost(call)
        case .cutAfter:
            _ = try perform(call)
            throw lost(call)
        case nil: return try perform(call)
        }
    }

    private func lost(_ call: CmdletCall) -> Fault {
        Fault("agent.lost", .lost, host: host.name, "connection lost during \(call.step)")
    }

    private func perform(_ call: CmdletCall) throws -> CallReply {
        cmdlets.append(call.cmdlet)
        do {
            return CallReply(succeeded: true, output: try output(of: FakeCall(call)))
        } catch let refusal as FakeRefusal {
            return CallReply(succeeded: false, errors: [CallError(message: refusal.message)])
        }
    }

    func heard(password: String) { passwords.append(password) }

    // MARK: TLS

    func served(address: String, port: Int) -> String? {
        let usages = assigned.keys.filter { usage in
            let place: String? =
                switch usage {
                case "AccessEdgeExternal": host.externalAccess
                case "DataEdgeExternal": host.externalWebConferencing
                default: host.address
                }
            return place == address
        }
        return served(usages, port: port).first
    }

    func served(_ usages: some Sequence<String>, port: Int) -> [String] {
        usages.filter { ServicePorts.standard(for: $0, type: pool.type, version: pool.version).contains(port) }
            .compactMap { serving[$0] }
    }
}

struct FakeRefusal: Error {
    var message: String
}

/// A call's parameters by name.
struct FakeCall {
    let cmdlet: String
    private let values: [String: TypedValue]

    init(_ call: CmdletCall) {
        cmdlet = call.cmdlet
        values = Dictionary(call.parameters.map { ($0.name, $0.value) }) { $1 }
    }

    func text(_ name: String) throws -> String {
        guard case .string(let text)? = values[name] else { throw FakeRefusal(message: "-\(name) is missing") }
        return text
    }

    func optional(_ name: String) -> String? { try? text(name) }

    func list(_ name: String) -> [String]? {
        if case .list(let texts)? = values[name] { texts } else { nil }
    }

    func data(_ name: String) throws -> Data {
        guard case .bytes(let data)? = values[name] else { throw FakeRefusal(message: "-\(name) is missing") }
        return data
    }

    func flag(_ name: String) -> Bool {
        switch values[name] {
        case .bool(let flag)?, .switch(let flag)?: flag
        default: false
        }
    }

    func number(_ name: String) -> Int {
        if case .int(let number)? = values[name] { Int(number) } else { 0 }
    }

    func secret(_ name: String) throws -> String {
        guard case .secure(let secret)? = values[name] else { throw FakeRefusal(message: "-\(name) is missing") }
        return secret.revealedText
    }
}
