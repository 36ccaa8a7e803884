extension SSHSession {
    /// Takes what had arrived for each open channel when the connection ended, so that it can still be read.
    ///
    /// Only then: after a packet that was tampered with, what follows could be anything.
    func takeRest(after reason: SSHError) {
        guard Self.leavesRest(reason), let handle = resources.handle, resources.firstOpen != nil else { return }
        handle.holdEnd()
        // The system may not have told of all of it yet.
        resources.readiness?.isGone = true
        let memory = handle.memory
        // More than the system keeps of one connection: what is still there ends long before.
        for _ in 0..<256 {
            let reads = memory.reads
            memory.renewShare()
            do {
                try takeQueued()
                guard memory.mayHaveMore(since: reads) else { break }
            } catch {
                // A goodbye in the middle of it: there may be more in the queues. Anything else is the end.
                guard (error as? SSHError)?.code == .connectionLost else { break }
            }
        }
        var next = resources.firstOpen
        while let channel = next {
            channel.hasEnded = channel.handle.isAtEnd
            next = channel.nextOpen
        }
    }

    /// Makes a call once more whose packet is half sent, for libssh2 does nothing else before. What it comes to is of no
    /// use.
    func finishInVain(_ call: () throws -> Bool, after reason: SSHError) {
        guard Self.leavesRest(reason), let handle = resources.handle, resources.firstOpen != nil else { return }
        handle.holdEnd()
        resources.readiness?.isGone = true
        _ = try? call()
    }

    private static func leavesRest(_ reason: SSHError) -> Bool {
        reason.code == .connectionLost || reason.code == .bastionLost
    }

    private func takeQueued() throws {
        // A packet that is half sent comes before all others.
        if let channel = resources.halfRead { _ = try channel.pull(through: worker.readBuffer, upTo: .max) }
        var next = resources.firstOpen
        while let channel = next {
            _ = try channel.pull(through: worker.readBuffer, upTo: .max)
            next = channel.nextOpen
        }
    }
}
