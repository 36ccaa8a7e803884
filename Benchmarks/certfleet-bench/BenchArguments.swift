import FoundationEssentials

/// The harness's interface: `certfleet-bench A|B|C|C2|C3 --hosts FILE --port N --user NAME --key FILE …`.
struct BenchArguments {
    let work: WorkUnit
    let hosts: [String]
    let port: UInt16
    let user: String
    let key: String
    let knownHosts: String
    let payload: [UInt8]
    let remoteFolder: String
    /// At most this many hosts at once.
    let atOnce: Int?
    /// Whether nobody begins to work before all are connected.
    let together: Bool
    /// How many workers share them.
    let workers: Int?

    struct Problem: Error {
        let text: String
    }

    static let usage = """
        usage: certfleet-bench A|B|C|C2|C3 --hosts FILE --port N --user NAME --key FILE --known-hosts FILE
                               --payload FILE --remote-dir DIR [--at-once N] [--together yes] [--workers N]
        """

    init(_ arguments: [String]) throws {
        guard let first = arguments.first, let work = WorkUnit(rawValue: first) else { throw Problem(text: Self.usage) }
        var options: [String: String] = [:]
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else { throw Problem(text: Self.usage) }
            options[name] = value
        }
        func option(_ name: String) throws -> String {
            guard let value = options[name] else { throw Problem(text: "\(name) is missing\n\(Self.usage)") }
            return value
        }
        self.work = work
        guard let port = UInt16(try option("--port")) else { throw Problem(text: "--port takes a number") }
        self.port = port
        user = try option("--user")
        key = try option("--key")
        knownHosts = try option("--known-hosts")
        remoteFolder = try option("--remote-dir")
        hosts = try Self.file(try option("--hosts")).split { $0 <= UInt8(ascii: " ") }
            .map { String(decoding: $0, as: UTF8.self) }
        payload = work == .push ? try Self.file(try option("--payload")) : []
        atOnce = options["--at-once"].flatMap { Int($0) }
        workers = options["--workers"].flatMap { Int($0) }
        together = options["--together"] == "yes"
    }

    static func file(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw Problem(text: "cannot read \(path)") }
        return Array(data)
    }
}

/// What is done on each host; the names are the harness's.
enum WorkUnit: String {
    /// One command.
    case command = "A"
    /// 8 KiB into a private file, and its digest.
    case push = "B"
    /// Twelve steps, each with the former one's result, through one channel that stays open.
    case steps = "C"
    /// The same, a tenth of a second in each step.
    case slowSteps = "C2"
    /// The same, in a shell that takes half a second to start.
    case slowShell = "C3"
}
