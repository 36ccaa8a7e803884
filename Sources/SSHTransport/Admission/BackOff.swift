/// How long to wait before a server that sheds connections is tried again: longer each time, never at the same moment as
/// all the others.
struct BackOff {
    /// What is left of the time in which the server has to answer.
    private var rest: Duration
    private var pause = Duration.milliseconds(250)
    private static let longest = Duration.seconds(2)

    init(within limit: Duration) { rest = limit }

    /// The next pause; nil when it would end too late.
    ///
    /// - Parameters:
    ///   - spent: How long the last attempt took.
    ///   - chance: From 0 to 1, at random.
    mutating func next(spent: Duration, chance: Double) -> Duration? {
        // Half of it to one and a half times.
        let jittered = pause * (0.5 + min(max(0, chance), 1))
        rest -= spent + jittered
        guard rest > .zero else { return nil }
        pause = min(pause * 2, Self.longest)
        return jittered
    }
}
