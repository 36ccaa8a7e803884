import FoundationEssentials
import Glibc

/// Where hosts wait until all of them are connected; the last one says how much memory that took.
actor Meeting {
    private var missing: Int
    private let count: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) {
        missing = count
        self.count = count
    }

    func arrive() async {
        missing -= 1
        guard missing > 0 else {
            let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
            let line =
                String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
            let text = Array("certfleet-bench: \(count) connected, \(line)\n".utf8)
            _ = write(STDERR_FILENO, text, text.count)
            for continuation in waiting { continuation.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
