package import FleetModel

/// One node of a YAML file with its place.
///
/// The tree is what the file says and nothing more: a scalar is its text, because what `2019` or `no` means is for the
/// schema to say, not for YAML to guess.
package struct YAMLNode: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        /// A scalar's text; `quoted` when it stood in quotes or in a block, so that an empty one was meant.
        case scalar(String, quoted: Bool)
        case sequence([YAMLNode])
        /// In the order of the file, each key once.
        case mapping([YAMLEntry])
        /// Something that was refused and already reported (an alias, a tagged value): readers pass over it in silence.
        case refused
    }

    package var content: Content
    package var place: SourcePlace

    package init(_ content: Content, at place: SourcePlace) {
        self.content = content
        self.place = place
    }

    /// The text of a scalar.
    package var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

    /// The elements of a sequence.
    package var items: [YAMLNode]? { if case .sequence(let items) = content { items } else { nil } }

    /// The entries of a mapping, in the order of the file.
    package var entries: [YAMLEntry]? { if case .mapping(let entries) = content { entries } else { nil } }

    package var isRefused: Bool { content == .refused }

    /// Nothing written where a value belongs.
    package var isEmpty: Bool { content == .scalar("", quoted: false) }

    /// The value under a key of a mapping; `nil` for everything else.
    package subscript(_ key: String) -> YAMLNode? { entries?.first { $0.name == key }?.value }

    /// What it is, for messages.
    package var kind: String {
        switch content {
        case .scalar where isEmpty: "nothing"
        case .scalar: "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "something refused"
        }
    }
}

/// A key with its value. Keys are always scalars.
package struct YAMLEntry: Sendable, Equatable {
    package var name: String
    /// Where the key stands.
    package var place: SourcePlace
    package var value: YAMLNode

    package init(_ name: String, at place: SourcePlace, value: YAMLNode) {
        self.name = name
        self.place = place
        self.value = value
    }
}
