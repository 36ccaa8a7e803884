import AgentProtocol
import FleetModel
import FoundationEssentials
import Glibc

extension HostConversation {
    /// What has come of the agent's text so far.
    struct Opening {
        var lengthLine: [UInt8]?
        var checked = false
    }

    /// Takes a line before the conversation: length, script, then the start line.
    ///
    /// - Returns: The exit code when this is not our agent.
    mutating func open(_ line: [UInt8]) async -> Int32? {
        guard let lengthLine = opening.lengthLine else {
            opening.lengthLine = line
            guard Int(String(decoding: line, as: UTF8.self)) != nil else { return AgentExit.lengthNotANumber.rawValue }
            return nil
        }
        if !opening.checked {
            do {
                guard try ScriptDelivery.script(lengthLine: lengthLine, scriptLine: line) == host.agentScript else {
                    channel.complain("the text that arrived is not this release's agent\r\n")
                    return AgentExit.scriptDoesNotParse.rawValue
                }
            } catch {
                channel.complain("\(error)\r\n")
                return AgentExit.scriptDoesNotParse.rawValue
            }
            opening.checked = true
            return nil
        }
        // The rest of the script's own line comes first.
        return line.isEmpty ? nil : await begin(line)
    }

    private mutating func begin(_ line: [UInt8]) async -> Int32? {
        do {
            let start = try StartLine(line: line)
            self.start = start
            try AgentLog.append(to: state.folder, reason: start.reason, now: host.timing.now())
            mutex = try await HostMutex.take(folder: state.folder, wait: start.hold, now: host.timing.now())
            if mutex != nil {
                for stale in try state.privateFolders.names() { try state.privateFolders.remove(stale) }
            }
            if try state.faults.take(where: { $0.fault == .noHello }) != nil {
                mute = true
                return nil
            }
        } catch {
            channel.complain("\(error)\r\n")
            return AgentExit.scriptDoesNotParse.rawValue
        }
        say(.hello(hello()))
        watchSilence()
        return nil
    }

    private func hello() -> Hello {
        var hello = Hello()
        hello.pid = Int64(getpid())
        hello.user = #"CORP\certfleet"#
        hello.powerShell = identity.powerShell
        hello.clr = "4.0.30319.42000"
        hello.os = "Microsoft Windows NT 10.0.17763.0"
        hello.culture = "en-US"
        hello.uiCulture = "en-US"
        hello.utc = host.timing.now().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        hello.echo = start?.echo ?? ""
        if mutex == nil { hello.holder = HostMutex.holder(folder: state.folder) }
        return hello
    }

    private mutating func watchSilence() {
        guard let silence = start?.silence else { return }
        let (pause, post) = (host.timing.pause, channel.post)
        helpers.append(
            Task {
                while !Task.isCancelled {
                    guard (try? await pause(silence)) != nil else { return }
                    post.yield(.quiet)
                }
            })
    }
}

/// `agents.log`: one line per agent started on a host: time, process, reason.
enum AgentLog {
    static func append(to folder: String, reason: String, now: Date) throws {
        let time = now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let plain = String(reason.map { $0.isNewline ? " " : $0 })
        let line = Array("\(time) \(getpid()) \(plain)\n".utf8)
        let path = "\(folder)/agents.log"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StateError(.system, "writing \(path)", number: errno) }
        defer { close(descriptor) }
        guard write(descriptor, line, line.count) == line.count else {
            throw StateError(.system, "writing \(path)", number: errno)
        }
    }
}
