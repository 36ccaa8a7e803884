import ChildProcess
import Dispatch
package import FleetModel
import FoundationEssentials
import Glibc

/// What the commands `lab up` and `lab down` do; ``LabShow``, ``LabFaults`` and ``LabClerk`` do the others.
package enum LabControl {
    /// What ``up(_:)`` did.
    package struct Answer: Sendable, Equatable {
        /// Absolute, as the next commands should name it.
        package var folder: String
        package var hosts: Int
        /// The lab is new; otherwise it came up again with its state and ports.
        package var created: Bool
        /// It was up already; nothing was done.
        package var wasUp: Bool
        /// Commands to type next, in a good order.
        package var next: [String]
    }

    /// How a lab is to come up.
    package struct Request: Sendable {
        /// A lab's folder, or an empty or missing one.
        package var folder: String
        /// Absolute path of this program: the daemon is started as `lab serve FOLDER`.
        package var program: String
        /// Absolute; where the hosts write their conversations. None: they do not.
        package var transcripts: String?
        /// Called when the lab must be made, or its inventory was not written yet.
        package var source: @Sendable () throws -> LabSource
        /// Makes the text of `inventory/fleet.yml`.
        package var render: @Sendable (Inventory) throws -> String

        package init(
            folder: String, program: String, transcripts: String? = nil,
            source: @escaping @Sendable () throws -> LabSource, render: @escaping @Sendable (Inventory) throws -> String
        ) {
            self.folder = folder
            self.program = program
            self.transcripts = transcripts
            self.source = source
            self.render = render
        }
    }

    /// Makes the lab where there is none, starts its daemon, and returns when every host answers.
    ///
    /// - Throws: ``LabError``, and what `source` and `render` throw. A lab that was made stays; calling again goes on.
    package static func up(_ request: Request) async throws -> Answer {
        let created = try StateFile.read("\(request.folder)/lab.json") == nil
        if created {
            try await LabFleet.create(in: request.folder, from: request.source(), transcripts: request.transcripts)
        }
        let folder = try LabFolder(existing: request.folder)
        let wasUp = try !FileLock.isFree(folder.lock)
        try setTranscripts(request.transcripts, in: folder)
        if !wasUp { try await startDaemon(folder, program: request.program) }
        if try StateFile.read(folder.inventory) == nil {
            let inside = try LabFleet.inventory(try request.source().inventory, in: folder.path)
            try LabFolder.make("\(folder.path)/inventory")
            try StateFile.write(Data(try request.render(inside).utf8), to: folder.inventory)
        }
        let record = try LabRecord.read(folder)
        try await checkHosts(record, in: folder)
        return Answer(
            folder: folder.path, hosts: record.hosts.count, created: created, wasUp: wasUp,
            next: next(record, in: folder))
    }

    private static func setTranscripts(_ transcripts: String?, in folder: LabFolder) throws {
        if let transcripts { try LabFolder.make(transcripts, mode: 0o700) }
        for host in try LabRecord.read(folder).hosts {
            var identity = try folder.state(host.name).identity()
            guard identity.transcripts != transcripts else { continue }
            identity.transcripts = transcripts
            try folder.state(host.name).setIdentity(identity)
        }
    }

    private static func startDaemon(_ folder: LabFolder, program: String) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LabError(.system, "no pipe for the daemon", number: errno) }
        let (reading, writing) = (ends[0], ends[1])
        defer { close(reading) }
        let spoken = try StateFile.read(folder.log)?.count ?? 0
        do {
            defer { close(writing) }
            _ = try RunningChild.start(
                ChildCommand(
                    program, ["lab", "serve", folder.path],
                    environment: ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"], folder: "/",
                    output: .descriptor(writing), errors: .appended(path: folder.log), detached: true))
        }
        let answer = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: SocketReading.line(reading, seconds: 60))
            }
        }
        guard answer == "ready" else {
            let words = (try StateFile.read(folder.log) ?? Data()).dropFirst(spoken).suffix(2000)
            let text = String(decoding: words, as: UTF8.self).split(separator: "\n").joined(separator: "\n  ")
            throw LabError(
                .notUp, "the lab did not come up" + (text.isEmpty ? "" : ":\n  \(text)"),
                hint: "its words are in \(folder.log)")
        }
    }

    /// Every host must greet as an SSH server does, but those that a fault keeps silent.
    private static func checkHosts(_ record: LabRecord, in folder: LabFolder) async throws {
        for host in record.hosts {
            guard let port = host.port,
                try !folder.state(host.name).faults.all().contains(where: { $0.fault == .refused })
            else { continue }
            let greeting = await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    let socket = try? LoopbackSocket.connected(to: port)
                    continuation.resume(returning: socket.flatMap { SocketReading.line($0.number, seconds: 10) })
                }
            }
            guard greeting?.hasPrefix("SSH-2.0-") == true else {
                throw LabError(
                    .notUp, "\(host.name) does not answer as an SSH server on port \(port)",
                    hint: "what its server said is in \(folder.sshdLog(host.name))")
            }
        }
    }

    private static func next(_ record: LabRecord, in folder: LabFolder) -> [String] {
        let program = "certfleet --project \(folder.path)"
        var lines: [String] = []
        if let pool = record.rolloutPool { lines += ["\(program) plan \(pool)", "\(program) rollout \(pool)"] }
        if let order = record.sharedOrder { lines.append("\(program) push \(order)") }
        return lines + ["\(program) renew", "certfleet lab down \(folder.path)"]
    }
}
