/// A cmdlet call whose values may hold references.
package struct CallTemplate: Sendable, Equatable {
    /// The bare name; the product's module is put before it on the wire.
    package var cmdlet: String
    package var parameters: [ParameterTemplate]
    /// The properties wanted of each result; empty for plain values.
    package var select: [String]
    package var place: SourcePlace

    package init(cmdlet: String, parameters: [ParameterTemplate], select: [String], place: SourcePlace) {
        self.cmdlet = cmdlet
        self.parameters = parameters
        self.select = select
        self.place = place
    }
}

/// A parameter with its type and its text, in which `${name}` stands for a value.
package struct ParameterTemplate: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case text(String)
        case list([String])
    }

    package var name: String
    package var type: ValueType
    package var content: Content
    package var place: SourcePlace

    package init(name: String, type: ValueType, content: Content, place: SourcePlace) {
        self.name = name
        self.type = type
        self.content = content
        self.place = place
    }
}

/// A read that proves a step, with what it captures and expects.
package struct ReadBack: Sendable, Equatable {
    package var call: CallTemplate
    package var matching: [ResultFilter]
    package var captures: [Capture]
    package var expectations: [Expectation]

    package init(
        call: CallTemplate, matching: [ResultFilter] = [], captures: [Capture], expectations: [Expectation]
    ) {
        self.call = call
        self.matching = matching
        self.captures = captures
        self.expectations = expectations
    }
}

/// Of several results those are meant whose property equals the text, without regard to case.
package struct ResultFilter: Sendable, Equatable {
    package var property: String
    /// May hold references.
    package var text: String
    package var place: SourcePlace

    package init(property: String, text: String, place: SourcePlace) {
        self.property = property
        self.text = text
        self.place = place
    }
}

/// A value taken from a result and kept under a name.
package struct Capture: Sendable, Equatable {
    package var name: String
    /// A property of the first result; `.` for the result itself, `*` for all results as they came.
    package var property: String
    /// Secret captures stay in memory and in no journal.
    package var secret: Bool

    package init(name: String, property: String, secret: Bool = false) {
        self.name = name
        self.property = property
        self.secret = secret
    }
}

/// A condition on the results of a call.
package struct Expectation: Sendable, Equatable {
    package enum Matcher: Sendable, Equatable {
        /// Every result's property equals the text, without regard to case.
        case equals(String)
        /// Every result's property is one of the texts.
        case oneOf([String])
        /// Some result's property (a text or a list) holds the text.
        case contains(String)
        /// The property, over all results, holds each element of the list that `${…}` names.
        case containsAll(String)
        case isTrue
        case isFalse
        /// Every result has the property, and not empty; at least one result.
        case present
        /// The number of results is at least this.
        case atLeast(Int)
        /// No result at all.
        case none
    }

    /// `.` for the result itself.
    package var property: String
    package var matcher: Matcher
    package var place: SourcePlace

    package init(property: String, matcher: Matcher, place: SourcePlace) {
        self.property = property
        self.matcher = matcher
        self.place = place
    }
}
