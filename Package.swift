// swift-tools-version: 6.2
import PackageDescription

// One setting for every room: Swift 6 mode, warnings are errors, an import is internal unless it says otherwise.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// What each room may import. `make lint` turns this table into a compiler error for whatever is not in it.
let rooms: [String: [String]] = [
    "FleetModel": [],
    "Descriptors": ["CLinux"],
    "ChildProcess": ["CLinux", "Descriptors"],
    "ArgumentParsing": [],
    "CmdletSignatures": ["FleetModel"],
    "FleetFiles": ["FleetModel", "CmdletSignatures", "CYAML"],
    "Planning": ["FleetModel"],
    "Running": ["FleetModel"],
    "AgentProtocol": ["FleetModel"],
    "RemoteAgent": ["FleetModel", "AgentProtocol"],
    "SSHTransport": ["CLibSSH2", "CLinux", "ChildProcess"],
    "Certificates": ["FleetModel", "COpenSSL"],
    "TLSEndpoint": ["FleetModel", "COpenSSL", "Descriptors"],
    "Authorities": ["FleetModel", "Certificates", "ChildProcess", "CCurl"],
    "Journaling": ["FleetModel", "CSQLite"],
    "Reporting": ["FleetModel"],
    "Lab": [
        "FleetModel", "AgentProtocol", "CmdletSignatures", "Certificates", "TLSEndpoint", "ChildProcess",
        "Descriptors",
    ],
    "CertfleetCLI": [
        "FleetModel", "FleetFiles", "CmdletSignatures", "Planning", "Running", "AgentProtocol", "RemoteAgent",
        "SSHTransport", "Certificates", "Authorities", "Journaling", "Reporting", "TLSEndpoint", "ChildProcess",
        "Lab", "Templates", "ArgumentParsing",
    ],
]

// What the tests of a room need beside the room itself and TestSupport.
let extraForTests: [String: [String]] = [
    "ChildProcess": ["CLinux"],
    "Descriptors": ["CLinux"],
    "CmdletSignatures": ["Templates"],
    "AgentProtocol": ["Templates"],
    "FleetFiles": ["CmdletSignatures", "Templates"],
    "Certificates": ["COpenSSL"],
    "Authorities": ["Certificates"],
    "TLSEndpoint": ["Certificates", "Descriptors"],
    "Planning": ["FleetFiles", "CmdletSignatures", "Templates"],
    "Running": ["Planning", "FleetFiles", "CmdletSignatures", "Templates"],
    "RemoteAgent": ["AgentProtocol"],
    "Lab": [
        "AgentProtocol", "CmdletSignatures", "Certificates", "TLSEndpoint", "RemoteAgent", "Templates", "ChildProcess",
        "Authorities", "CLinux",
    ],
    "SSHTransport": ["ChildProcess", "CLibSSH2", "CLinux"],
    "CertfleetCLI": [
        "Templates", "FleetFiles", "Planning", "Running", "Certificates", "Lab", "TLSEndpoint", "Journaling",
        "SSHTransport", "ArgumentParsing",
    ],
]

let systemLibraries: [Target] = [
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
]

let roomTargets: [Target] = rooms.keys.sorted().map { name in
    .target(name: name, dependencies: (rooms[name] ?? []).map { .byName(name: $0) }, swiftSettings: settings)
}

let testTargets: [Target] = rooms.keys.sorted().map { name in
    .testTarget(
        name: "\(name)Tests",
        dependencies: ([name, "FleetModel", "TestSupport"] + (extraForTests[name] ?? [])).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }.map { .byName(name: $0) },
        // Read where they lie.
        exclude: name == "Planning" ? ["Fixtures"] : [],
        swiftSettings: settings)
}

let otherTargets: [Target] = [
    .executableTarget(name: "EmbedTemplatesTool", path: "Plugins/EmbedTemplatesTool", swiftSettings: settings),
    .plugin(name: "EmbedTemplates", capability: .buildTool(), dependencies: ["EmbedTemplatesTool"]),
    .target(name: "Templates", swiftSettings: settings, plugins: ["EmbedTemplates"]),
    .executableTarget(name: "certfleet", dependencies: ["CertfleetCLI"], swiftSettings: settings),
    .executableTarget(
        name: "certfleet-bench", dependencies: ["SSHTransport", "Certificates", "FleetModel"],
        path: "Benchmarks/certfleet-bench", swiftSettings: settings),
    .target(
        name: "TestSupport", dependencies: ["FleetModel", "ChildProcess", "CLinux", "Descriptors"],
        path: "Tests/Support",
        exclude: ["Inventories"],
        swiftSettings: settings),
    .executableTarget(
        name: "CrashRunner", dependencies: ["CertfleetCLI", "FleetModel"], path: "Tests/CrashRunner",
        swiftSettings: settings),
    .testTarget(
        name: "EndToEndTests", dependencies: ["TestSupport", "ChildProcess", "certfleet"], swiftSettings: settings),
    .testTarget(
        name: "CrashTests", dependencies: ["TestSupport", "ChildProcess", "certfleet", "CrashRunner"],
        swiftSettings: settings),
    .testTarget(
        name: "CommandTests", dependencies: ["TestSupport", "ChildProcess", "certfleet"], exclude: ["Transcripts"],
        swiftSettings: settings),
]

/// The quick loop of one room: `CERTFLEET_ROOM=Planning swift test` builds that room, its tests and what they need;
/// `A+B` means two rooms.
func narrowed(_ all: [Target], to room: String) -> [Target] {
    var wanted = Set(room.split(separator: "+").flatMap { [String($0), "\($0)Tests"] })
    func names(_ target: Target) -> [String] {
        let plugins = (target.plugins ?? []).compactMap { plugin -> String? in
            switch plugin {
            case .plugin(let name, _): name
            @unknown default: nil
            }
        }
        return plugins
            + target.dependencies.compactMap { dependency in
                switch dependency {
                case .byNameItem(let name, _), .targetItem(let name, _): name
                default: nil
                }
            }
    }
    var grew = true
    while grew {
        let more = all.filter { wanted.contains($0.name) }.flatMap(names)
        grew = !wanted.isSuperset(of: more)
        wanted.formUnion(more)
    }
    return all.filter { wanted.contains($0.name) }
}

let everything = systemLibraries + roomTargets + testTargets + otherTargets
let targets = Context.environment["CERTFLEET_ROOM"].map { narrowed(everything, to: $0) } ?? everything

let package = Package(
    name: "certfleet",
    products: targets.contains { $0.name == "certfleet" }
        ? [.executable(name: "certfleet", targets: ["certfleet"])] : [],
    targets: targets
)
