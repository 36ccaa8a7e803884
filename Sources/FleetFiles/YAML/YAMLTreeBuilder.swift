import FleetModel

/// Makes the tree of nodes from events, one at a time, without recursion: the input decides how deep it nests.
struct YAMLTreeBuilder {
    private struct Frame {
        var place: SourcePlace
        var isMapping: Bool
        var refused: Bool
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        var seen: [String: SourcePlace] = [:]
        var key: YAMLNode?
    }

    private(set) var root: YAMLNode?
    private(set) var mistakes: [Diagnostic] = []
    private(set) var isDone = false
    private var stack: [Frame] = []

    mutating func take(_ event: YAMLEvent) throws(Diagnostics) {
        if event.anchored { report(event.place, "anchors are not allowed here", hint: "write the value out") }
        if event.tagged { report(event.place, "tags are not allowed here", hint: "write the value without `!`") }
        switch event.kind {
        case .streamEnd: isDone = true
        case .documentStart:
            if root != nil { throw Diagnostics(mistakes + [Diagnostic(event.place, "only one document is allowed")]) }
        case .alias:
            report(event.place, "aliases are not allowed here", hint: "write the value out")
            add(YAMLNode(.refused, at: event.place))
        case .scalar(let text, let quoted):
            add(YAMLNode(event.tagged ? .refused : .scalar(text, quoted: quoted), at: event.place))
        case .sequenceStart, .mappingStart:
            guard stack.count < YAMLDocument.depthLimit else {
                throw Diagnostics(
                    mistakes + [Diagnostic(event.place, "nested deeper than \(YAMLDocument.depthLimit) levels")])
            }
            if case .mappingStart = event.kind {
                stack.append(Frame(place: event.place, isMapping: true, refused: event.tagged))
            } else {
                stack.append(Frame(place: event.place, isMapping: false, refused: event.tagged))
            }
        case .collectionEnd:
            guard let frame = stack.popLast() else { return }
            let content: YAMLNode.Content = frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items)
            add(YAMLNode(frame.refused ? .refused : content, at: frame.place))
        case .other: break
        }
    }

    private mutating func add(_ node: YAMLNode) {
        guard var frame = stack.popLast() else {
            root = node
            return
        }
        if !frame.isMapping {
            frame.items.append(node)
        } else if let key = frame.key {
            frame.key = nil
            addEntry(key, node, to: &frame)
        } else {
            frame.key = node
            if node.text == nil && !node.isRefused { report(node.place, "a key must be a text, not \(node.kind)") }
        }
        stack.append(frame)
    }

    private mutating func addEntry(_ key: YAMLNode, _ value: YAMLNode, to frame: inout Frame) {
        // A key that is no text was reported; so was the alias behind a merge key.
        guard let name = key.text, !(name == "<<" && value.isRefused) else { return }
        if let first = frame.seen[name] {
            report(key.place, "duplicate key \(Quoting.quote(name)): it already stands in line \(first.line)")
            return
        }
        frame.seen[name] = key.place
        frame.entries.append(YAMLEntry(name, at: key.place, value: value))
    }

    private mutating func report(_ place: SourcePlace, _ message: String, hint: String? = nil) {
        mistakes.append(Diagnostic(place, message, hint: hint))
    }
}
