import ArgumentParsing
import FleetModel
import Foundation
import SSHTransport

/// The two files of a host's keys: those that are pinned, and beside it those that were only seen.
struct HostKeyFiles {
    let pinned: String

    init(_ host: FleetModel.Host, _ project: Project) {
        pinned = host.ssh.knownHosts ?? "\(project.inventory.folder)/known_hosts"
    }

    var candidates: String { pinned + ".candidates" }
}

extension Project {
    /// The hosts that a command line names, in the inventory's order; all when it names none.
    func hosts(_ names: [String]) throws -> [FleetModel.Host] {
        let chosen = try Targets(inventory).hostsOrAll(names)
        return inventory.pools.filter { chosen.pools.contains($0.name) }.flatMap(\.hosts).filter {
            chosen.hosts?.contains($0.name) ?? true
        }
    }

    /// The same with bastions, which come first: their keys are needed to reach the others.
    func hostsAndBastions(_ names: [String]) throws -> [FleetModel.Host] {
        let bastions = inventory.bastions.filter { names.isEmpty || names.contains($0.name) }
        let others = names.filter { inventory.bastion($0) == nil }
        return bastions + (names.isEmpty || !others.isEmpty ? try hosts(others) : [])
    }
}

extension ProgramContext {
    func scan(_ hosts: [FleetModel.Host], _ project: Project) async throws -> [HostKeyScan.Shown] {
        // For bastions on the way only: the hosts themselves are signed in to nowhere.
        let secrets = SecretStore(project.inventory.secrets, prompt: SecretPrompt.prompt(terminal))
        let workers = try SSHWorkers(
            sessions: OpenFiles.connections(under: OpenFiles.raise()) / project.inventory.descriptorsPerHost)
        let signIn = HostSignIn(
            inventory: project.inventory, workers: workers, secrets: secrets,
            access: HostAccess(secrets: secrets, say: terminal.say))
        let shown = await HostKeyScan(signIn: signIn).scan(hosts)
        await signIn.close()
        return shown
    }
}

/// `hostkeys scan`: what the servers show, written where it can be compared, and trusted by nobody.
struct HostKeysScanCommand: Command {
    let about = About(
        "scan", "fetch the hosts' keys as candidates; trusts none of them",
        discussion:
            "The keys are written to known_hosts.candidates, beside the pinned ones. Compare the fingerprints with those on the servers (ssh-keygen -lf C:\\ProgramData\\ssh\\ssh_host_ed25519_key.pub), then approve them.",
        examples: ["certfleet hostkeys scan", "certfleet hostkeys scan fe-lyon"])
    let targets = Argument(repeated: "HOST|POOL", .text, "hosts, pools, groups or bastions; none: all")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        var files: [String: KnownHostsFile] = [:]
        var codes: [ExitCode] = []
        for shown in try await program.scan(try project.hostsAndBastions(given.targets), project) {
            switch shown.result {
            case .success(let keys):
                let path = HostKeyFiles(shown.host, project).candidates
                var file = try files[path] ?? KnownHostsFile(path: path)
                file.replace(shown.host, with: keys)
                files[path] = file
                for key in keys { program.terminal.write("\(shown.host.name)  \(key.type)  \(key.fingerprint)\n") }
            case .failure(let fault):
                program.terminal.say(FaultLine.text(fault))
                codes.append(.unreachable)
            }
        }
        for (path, file) in files.sorted(by: { $0.key < $1.key }) {
            try file.write()
            program.terminal.say("candidates are in \(path); once compared: certfleet hostkeys approve\n")
        }
        return ExitCode.strongest(codes).rawValue
    }
}

/// `hostkeys approve`: pins candidates that a person has compared.
struct HostKeysApproveCommand: Command {
    let about = About(
        "approve", "pin scanned keys, after showing their fingerprints and asking",
        discussion:
            "Shows what is pinned and what would be, and asks for each host. Without a terminal, only candidates whose fingerprint is typed are pinned; nothing is ever pinned unseen.",
        examples: ["certfleet hostkeys approve fe01", "certfleet hostkeys approve fe01 --fingerprint SHA256:…"])
    let targets = Argument(
        repeated: "HOST|POOL", .text, "hosts, pools, groups or bastions; none: all that have candidates")
    let fingerprints = Option(repeated: "fingerprint", .text, "pin the candidate with this fingerprint, without asking")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        let hosts = try project.hostsAndBastions(given.targets)
        if given.fingerprints.isEmpty && !program.terminal.isInteractive {
            throw Refusal(
                .usage,
                "there is no terminal to ask at\n  hint: certfleet hostkeys approve HOST --fingerprint SHA256:…, for each key that was compared"
            )
        }
        var (approved, left) = (0, 0)
        for host in hosts {
            let files = HostKeyFiles(host, project)
            var candidates = try KnownHostsFile(path: files.candidates)
            let keys = candidates.pins(host).filter { !$0.isRevoked }.map(\.key)
            guard !keys.isEmpty else {
                if !given.targets.isEmpty {
                    program.terminal.say(
                        "\(host.name): nothing was scanned\n  hint: certfleet hostkeys scan \(host.name)\n")
                    left += 1
                }
                continue
            }
            var pinned = try KnownHostsFile(path: files.pinned)
            let chosen = try choose(keys, pinned.pins(host), host, given.fingerprints)
            guard !chosen.isEmpty else {
                left += 1
                continue
            }
            pinned.replace(host, with: chosen)
            try pinned.write()
            candidates.replace(host, with: [])
            try candidates.write()
            approved += 1
            program.terminal.say("\(host.name): pinned in \(files.pinned)\n")
        }
        if approved + left == 0 {
            throw Refusal(.noTarget, "there are no candidates\n  hint: certfleet hostkeys scan")
        }
        return left == 0 ? 0 : ExitCode.failed.rawValue
    }

    /// The keys to pin; none when the answer was no.
    private func choose(
        _ keys: [HostKey], _ pins: [HostKeyPolicy.Pin], _ host: FleetModel.Host, _ fingerprints: [String]
    ) throws -> [HostKey] {
        let revoked = Set(pins.filter(\.isRevoked).map(\.key))
        let allowed = keys.filter { !revoked.contains($0) }
        for key in keys where revoked.contains(key) {
            program.terminal.say("\(host.name): \(key.type) \(key.fingerprint) is revoked, and is not pinned\n")
        }
        if !fingerprints.isEmpty {
            let chosen = allowed.filter { fingerprints.contains($0.fingerprint) }
            if chosen.isEmpty {
                program.terminal.say("\(host.name): no candidate has a fingerprint that was given\n")
            }
            return chosen
        }
        let old = pins.filter { !$0.isRevoked }.map(\.key)
        for key in old where !allowed.contains(key) {
            program.terminal.say("\(host.name): pinned   \(key.type)  \(key.fingerprint)\n")
        }
        for key in allowed {
            program.terminal.say(
                "\(host.name): \(old.contains(key) ? "the same" : "new     ") \(key.type)  \(key.fingerprint)\n")
        }
        guard !allowed.isEmpty else { return [] }
        if old.contains(where: { !allowed.contains($0) }) {
            program.terminal.say("\(host.name): the key has changed: find out why before you approve\n")
        }
        let answer = program.terminal.ask("pin for \(host.name), after comparing on the server? (yes/no) ")
        return answer?.lowercased() == "yes" ? allowed : []
    }
}

/// `hostkeys check`: what is pinned against what is shown.
struct HostKeysCheckCommand: Command {
    let about = About(
        "check", "compare the pinned keys with those the hosts show; signs in nowhere",
        discussion:
            "Exits 77 when a host shows another key than the pinned one, 4 when one does not answer, 66 when nothing is pinned for one.",
        examples: ["certfleet hostkeys check"])
    let targets = Argument(repeated: "HOST|POOL", .text, "hosts, pools, groups or bastions; none: all")
    let project = ProjectOptions()
    let program: ProgramContext

    func run(_ given: Given<Self>) async throws -> Int32 {
        let project = try Project.load(given.project.place)
        var codes: Set<ExitCode> = []
        for shown in try await program.scan(try project.hostsAndBastions(given.targets), project) {
            switch shown.result {
            case .success(let keys):
                let verdict = HostKeyVerdict(keys, against: try pins(of: shown.host, project))
                program.terminal.write("\(shown.host.name)  \(verdict.words)\n")
                let way =
                    "certfleet hostkeys scan \(shown.host.name) && certfleet hostkeys approve \(shown.host.name)\n"
                switch verdict.standing {
                case .pinned: break
                case .nothingPinned:
                    codes.insert(.noTarget)
                    program.terminal.say("\(shown.host.name): nothing is pinned to check against: \(way)")
                case .wrong:
                    codes.insert(.refused)
                    program.terminal.say("\(shown.host.name): find out why, then: \(way)")
                }
            case .failure(let fault):
                program.terminal.say(FaultLine.text(fault))
                codes.insert(.unreachable)
            }
        }
        // That a key is wrong matters more than that somebody did not answer, and that more than what is still to do.
        let order: [ExitCode] = [.refused, .unreachable, .noTarget]
        return (order.first(where: codes.contains) ?? .done).rawValue
    }

    /// As a run reads them: the inventory's file, and the person's own.
    private func pins(of host: FleetModel.Host, _ project: Project) throws -> [HostKeyPolicy.Pin] {
        let files = [HostKeyFiles(host, project).pinned, HostAccess.ownKnownHosts].compactMap { $0 }
        do {
            return try HostKeyPolicy(files: files).pins(for: host.address, port: UInt16(clamping: host.ssh.port))
        } catch let error as SSHError {
            throw Refusal(.badInput, error.message)
        }
    }
}

/// What is pinned for a host beside what it shows.
struct HostKeyVerdict: Equatable {
    enum Standing { case pinned, nothingPinned, wrong }

    let standing: Standing
    let words: String

    init(_ shown: [HostKey], against pins: [HostKeyPolicy.Pin]) {
        let pinned = pins.filter { !$0.isRevoked }
        if let key = shown.first(where: { key in pins.contains { $0.isRevoked && $0.key == key } }) {
            (standing, words) = (.wrong, "revoked  \(key.type)  \(key.fingerprint)")
        } else if pinned.isEmpty {
            let keys = shown.map { "\($0.type)  \($0.fingerprint)" }.joined(separator: ", ")
            (standing, words) = (.nothingPinned, "not pinned, shows \(keys)")
        } else if let (pin, key) = Self.difference(shown, pinned) {
            standing = .wrong
            words =
                "differs  \(key.type)  line \(pin.line) has \(pin.key.fingerprint), it shows \(key.fingerprint)"
        } else if let same = pinned.first(where: { shown.contains($0.key) }) {
            (standing, words) = (.pinned, "pinned  \(same.key.type)  \(same.key.fingerprint)")
        } else {
            let types = pinned.map(\.key.type).joined(separator: ", ")
            (standing, words) = (.wrong, "pinned only as \(types), which it does not show")
        }
    }

    /// A type of key of which another one is shown than is pinned.
    private static func difference(
        _ shown: [HostKey], _ pinned: [HostKeyPolicy.Pin]
    ) -> (HostKeyPolicy.Pin, HostKey)? {
        for pin in pinned {
            if let key = shown.first(where: { $0.type == pin.key.type }), !pinned.contains(where: { $0.key == key }) {
                return (pin, key)
            }
        }
        return nil
    }
}
