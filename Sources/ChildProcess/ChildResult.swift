/// How a child ended.
package enum ChildEnding: Hashable, Sendable, CustomStringConvertible {
    /// It returned this status, 0 to 255.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// The system no longer knew: somebody else had taken the status.
    case unknown

    /// Whether it exited with status 0.
    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "ended by signal \(signal)"
        case .unknown: "end unknown"
        }
    }
}

/// What is left of a child that has ended.
package struct ChildResult: Hashable, Sendable {
    /// How it ended.
    package let ending: ChildEnding
    /// What it wrote to its standard output, when that was captured.
    package let output: CapturedBytes
    /// What it wrote to its standard error, when that was captured.
    package let errors: CapturedBytes
}

/// Bytes kept up to a limit.
package struct CapturedBytes: Hashable, Sendable {
    /// The bytes, at most as many as the limit.
    package internal(set) var bytes: [UInt8] = []
    /// Whether there were more than the limit.
    package internal(set) var isTruncated = false

    /// The bytes as UTF-8; what is not valid becomes U+FFFD.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ more: some Collection<UInt8>, limit: Int) {
        let room = max(0, limit - bytes.count)
        bytes.append(contentsOf: more.prefix(room))
        if more.count > room { isTruncated = true }
    }
}
