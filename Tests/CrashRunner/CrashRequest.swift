/// `CrashRunner [--at N | --at-outcome STEP] [--list FILE] [--later SECONDS] -- WORDS`: where to die, and the command to die in.
struct CrashRequest {
    struct Mistake: Error, CustomStringConvertible {
        let description = "usage: CrashRunner [--at N | --at-outcome STEP] [--list FILE] [--later SECONDS] -- WORDS"
    }

    /// None: the run is not disturbed.
    var moment: Moment?
    /// Where to write one line per boundary that was passed.
    var list: String?
    /// How far the program's clock goes ahead.
    var later = 0.0
    var words: [String] = []

    enum Moment {
        /// Boundaries are counted from 1.
        case boundary(Int)
        /// Before the first outcome of the step is written; the step as ``StepKey`` describes it.
        case outcome(of: String)
    }

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--at":
                guard let number = rest.popFirst().flatMap(Int.init), number > 0 else { throw Mistake() }
                moment = .boundary(number)
            case "--at-outcome":
                guard let step = rest.popFirst() else { throw Mistake() }
                moment = .outcome(of: step)
            case "--list":
                guard let path = rest.popFirst() else { throw Mistake() }
                list = path
            case "--later":
                guard let seconds = rest.popFirst().flatMap(Double.init) else { throw Mistake() }
                later = seconds
            case "--":
                words = Array(rest)
                return
            default: throw Mistake()
            }
        }
        throw Mistake()
    }
}
