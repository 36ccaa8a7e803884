import FleetModel

/// The agent's first frame: what it is and where it runs.
package struct Hello: Sendable, Equatable {
    /// Another certfleet agent of the same account that holds this server (rule A16).
    package struct Holder: Sendable, Equatable {
        /// 0 when the former agent left no word.
        package var pid: Int64
        /// When it started, UTC, ISO 8601; empty when unknown.
        package var since: String

        package init(pid: Int64, since: String) {
            self.pid = pid
            self.since = since
        }
    }

    package var version: Int = AgentLimits.version
    package var pid: Int64 = 0
    /// `DOMAIN\user`.
    package var user = ""
    /// PowerShell's version, `5.1.14393.0`.
    package var powerShell = ""
    package var clr = ""
    package var os = ""
    package var bits: Int64 = 64
    /// `FullLanguage`, unless application control narrows it.
    package var languageMode = "FullLanguage"
    package var culture = ""
    package var uiCulture = ""
    /// The server's clock, UTC, round-trip form with seven decimals.
    package var utc = ""
    /// The start line's text, as it came through.
    package var echo = ""
    /// Why functions of ours did not load; empty in good order.
    package var broken: [String] = []
    package var holder: Holder?

    package init() {}

    func write(to line: inout JSONLine) {
        line.member("v", Int64(version))
        line.member("pid", pid)
        line.member("user", user)
        line.member("ps", powerShell)
        line.member("clr", clr)
        line.member("os", os)
        line.member("bits", bits)
        line.member("mode", languageMode)
        line.member("culture", culture)
        line.member("ui", uiCulture)
        line.member("utc", utc)
        line.member("echo", echo)
        line.member("broken", broken)
        line.key("holder")
        guard let holder else { return line.literal("null") }
        line.object { line in
            line.member("pid", holder.pid)
            line.member("since", holder.since)
        }
    }

    /// Only the version must be there: an agent that cannot run here still says which PowerShell it found.
    init(_ json: JSONValue) throws {
        guard let version = json["v"]?.integer else {
            throw AgentProtocolError(.unreadable, "'v' is missing or no number")
        }
        self.version = version
        pid = json["pid"]?.int64 ?? 0
        user = json["user"]?.text ?? ""
        powerShell = json["ps"]?.text ?? ""
        clr = json["clr"]?.text ?? ""
        os = json["os"]?.text ?? ""
        bits = json["bits"]?.int64 ?? 0
        languageMode = json["mode"]?.text ?? ""
        culture = json["culture"]?.text ?? ""
        uiCulture = json["ui"]?.text ?? ""
        utc = json["utc"]?.text ?? ""
        echo = json["echo"]?.text ?? ""
        broken = json["broken"]?.texts ?? []
        if let found = json["holder"], case .object = found {
            holder = Holder(pid: found["pid"]?.int64 ?? 0, since: found["since"]?.text ?? "")
        }
    }
}
