import FleetModel
import SSHTransport

/// The connections to bastions: one each, made when first needed, for all hosts behind it.
///
/// A connection lasts as long as somebody holds it: this, or a session that goes through it.
actor BastionLines {
    /// One connection, to be told from a later one to the same bastion.
    struct Line: Sendable {
        let bastion: String
        let number: Int
        let session: SSHSession
    }

    private var lines: [String: (number: Int, opening: Task<SSHSession, any Error>)] = [:]
    private var count = 0

    /// The connection that stands, or one that `open` makes. Who comes while it is made waits for it, and for its failure
    /// too; who comes after a failure tries again.
    func line(to bastion: Host, open: @escaping @Sendable () async throws -> SSHSession) async throws -> Line {
        while true {
            if let (number, opening) = lines[bastion.name] {
                let session = try await opening.value
                if await session.isUsable { return Line(bastion: bastion.name, number: number, session: session) }
                forget(bastion.name, number)
                continue
            }
            count += 1
            let number = count
            // Not a child of whoever comes first: the others need it when that one is cancelled.
            let opening = Task { try await open() }
            lines[bastion.name] = (number, opening)
            do {
                _ = try await opening.value
            } catch {
                forget(bastion.name, number)
                throw error
            }
        }
    }

    /// The next one to come gets a fresh connection; who uses this one goes on.
    func drop(_ line: Line) { forget(line.bastion, line.number) }

    private func forget(_ bastion: String, _ number: Int) {
        if lines[bastion]?.number == number { lines[bastion] = nil }
    }
}
