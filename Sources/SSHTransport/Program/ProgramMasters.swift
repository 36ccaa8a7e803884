/// The connections to bastions that commands of the system's `ssh` go through: one to each, made when it is first needed.
///
/// One that is lost is made again by whoever comes next, once for all.
actor ProgramMasters {
    struct Entry {
        let number: Int
        let opening: Task<ProgramMaster, any Error>
        /// Once it has signed in.
        var master: ProgramMaster?
    }

    /// By the whole way, because two may lead to the same bastion.
    private(set) var entries: [[SSHProgram.Hop]: Entry] = [:]
    private var count = 0
    private var isClosed = false

    /// A new process to the last of the hops, through those that stand.
    typealias Start = @Sendable (SSHProgram.Hop, [ProgramMaster]) async throws -> ProgramMaster

    /// The processes on a way, those that stand or new ones.
    ///
    /// Who comes while one is made waits for it, and for its failure too; who comes after a failure tries again.
    ///
    /// - Parameter hops: The bastion that is reached directly first.
    func way(through hops: [SSHProgram.Hop], start: @escaping Start) async throws -> [ProgramMaster] {
        var way: [ProgramMaster] = []
        for index in hops.indices { way.append(try await master(Array(hops[...index]), behind: way, start)) }
        return way
    }

    private func master(
        _ hops: [SSHProgram.Hop], behind before: [ProgramMaster], _ start: @escaping Start
    ) async throws -> ProgramMaster {
        while !isClosed {
            if let entry = entries[hops] {
                let master = try await entry.opening.value
                if !master.isLost { return master }
                forget(hops, entry.number)
                continue
            }
            count += 1
            let number = count
            // Not a child of whoever comes first: the others need it when that one is cancelled.
            let opening = Task { try await start(hops[hops.count - 1], before) }
            entries[hops] = Entry(number: number, opening: opening)
            do {
                let master = try await opening.value
                if entries[hops]?.number == number { entries[hops]?.master = master }
                return master
            } catch {
                forget(hops, number)
                throw error
            }
        }
        throw SSHError(.sessionClosed, "connect", "the connections to bastions were closed")
    }

    /// The next to come gets a fresh one in place of this; who goes through it goes on.
    func drop(_ master: ProgramMaster) {
        for (hops, entry) in entries where entry.master === master { entries[hops] = nil }
    }

    private func forget(_ hops: [SSHProgram.Hop], _ number: Int) {
        if entries[hops]?.number == number { entries[hops] = nil }
    }

    /// Ends them all, the innermost first. Nothing is opened any more.
    func close() async {
        isClosed = true
        let all = entries.sorted { $0.key.count > $1.key.count }.map(\.value.opening)
        entries = [:]
        for opening in all { opening.cancel() }
        for opening in all { await (try? opening.value)?.end(within: .seconds(3)) }
    }
}
