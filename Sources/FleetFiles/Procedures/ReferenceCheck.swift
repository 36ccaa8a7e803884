import FleetModel

/// Whether each reference names something that is there by then and fits where it stands.
struct ReferenceCheck {
    var reader: YAMLReader
    /// Captured so far.
    private var captured: [String: KnownNames.Kind] = [:]
    private var hasItem = false

    init(reader: YAMLReader) { self.reader = reader }

    mutating func check(_ procedure: Procedure) {
        inTitle(procedure.title, procedure.place)
        for step in procedure.prepare + procedure.switching + procedure.finally { check(step) }
    }

    private mutating func check(_ step: Step) {
        hasItem = step.forEach != nil
        defer { hasItem = false }
        if let list = step.forEach { inForEach(list, step.place) }
        inTitle(step.title, step.place)
        if let clear = step.clear { check(clear) }
        switch step.operation {
        case .call(let call): check(call)
        case .action(_, let inputs): for input in inputs { check(input) }
        }
        for filter in step.matching { inText(ReferenceText(filter.text), filter.place) }
        keep(step.captures, of: step.operation)
        for expectation in step.expectations { check(expectation) }
        if let verify = step.verify {
            check(verify.call)
            for filter in verify.matching { inText(ReferenceText(filter.text), filter.place) }
            keep(verify.captures, of: nil)
            for expectation in verify.expectations { check(expectation) }
        }
        if let late = step.late { check(late) }
        if let undo = step.undo { check(undo) }
        if let forced = step.forced { check(forced) }
    }

    private mutating func keep(_ captures: [Capture], of operation: StepOperation?) {
        for capture in captures {
            var kind = KnownNames.Kind.captured
            if case .action(let action, _) = operation {
                let outputs = ActionInputs(action: action, place: SourcePlace(file: "", line: 1, column: 1)).outputs
                kind = outputs[capture.property] ?? .captured
            }
            captured[capture.name] = capture.secret ? .secret : kind
        }
    }

    private func check(_ call: CallTemplate) {
        for parameter in call.parameters { check(parameter) }
    }

    private func check(_ parameter: ParameterTemplate) {
        switch parameter.content {
        case .text(let text):
            let parsed = ReferenceText(text)
            if let whole = parsed.whole, let kind = kind(whole, parameter.place) {
                inWhole(whole, kind, parameter)
            } else if parsed.whole == nil {
                inText(parsed, parameter.place)
                if !parsed.references.isEmpty, parameter.type != .string {
                    reader.report(
                        parameter.place, "\(parameter.type.rawValue) takes a single reference, not a text around it")
                }
            }
        case .list(let texts):
            for text in texts { inText(ReferenceText(text), parameter.place) }
        }
    }

    /// A value that is one reference: the kind must be the type's.
    private func inWhole(_ reference: ReferenceText.Reference, _ kind: KnownNames.Kind, _ parameter: ParameterTemplate)
    {
        let fits: Bool =
            switch parameter.type {
            case .string: [.text, .flag, .captured].contains(kind)
            case .int, .date: [.text, .captured].contains(kind)
            case .bool, .switch: [.flag, .captured].contains(kind)
            case .secure, .secretText, .credential: kind == .secret
            case .bytes: [.bytes, .secret, .captured].contains(kind)
            case .list: [.list, .captured].contains(kind)
            }
        if !fits { misfit(reference.name, kind, "cannot be \(parameter.type.rawValue)", parameter.place) }
    }

    private func inText(_ text: ReferenceText, _ place: SourcePlace) {
        if let problem = text.problem { reader.report(place, problem) }
        for reference in text.references {
            if reference.optional {
                reader.report(place, "`${\(reference.name)?}` must be the whole value: it leaves the parameter out")
            }
            guard let kind = kind(reference, place), ![.text, .flag, .captured].contains(kind) else { continue }
            misfit(reference.name, kind, "cannot stand inside a text", place)
        }
    }

    private func inTitle(_ text: String, _ place: SourcePlace) {
        let parsed = ReferenceText(text)
        if let problem = parsed.problem { reader.report(place, problem) }
        for reference in parsed.references {
            guard let kind = kind(reference, place), kind == .secret || kind == .bytes else { continue }
            misfit(reference.name, kind, "cannot stand in a title", place)
        }
    }

    private func inForEach(_ name: String, _ place: SourcePlace) {
        guard let kind = kind(ReferenceText.Reference(name: name, optional: false), place) else { return }
        if kind != .list && kind != .captured { misfit(name, kind, "cannot be gone through by `forEach`", place) }
    }

    private func check(_ expectation: Expectation) {
        switch expectation.matcher {
        case .equals(let text), .contains(let text): inText(ReferenceText(text), expectation.place)
        case .oneOf(let texts): for text in texts { inText(ReferenceText(text), expectation.place) }
        case .containsAll(let text):
            guard let whole = ReferenceText(text).whole, let kind = kind(whole, expectation.place) else { return }
            if kind != .list && kind != .captured {
                misfit(whole.name, kind, "cannot be what `contains-all` wants", expectation.place)
            }
        case .isTrue, .isFalse, .present, .atLeast, .none: break
        }
    }

    private func misfit(_ name: String, _ kind: KnownNames.Kind, _ what: String, _ place: SourcePlace) {
        let hint: String? =
            switch kind {
            case .secret: "secrets go into secure, secret-text or bytes only"
            case .list: "write { list: \"${\(name)}\" }"
            default: nil
            }
        reader.report(place, "`${\(name)}` is \(kind.words) and \(what)", hint: hint)
    }

    /// The kind of a reference; an unknown one is reported.
    private func kind(_ reference: ReferenceText.Reference, _ place: SourcePlace) -> KnownNames.Kind? {
        if let kind = captured[reference.name] ?? KnownNames.values[reference.name] { return kind }
        if reference.name == "item", hasItem { return .text }
        let known = KnownNames.values.keys.sorted() + captured.keys.sorted() + (hasItem ? ["item"] : [])
        reader.report(
            place, "unknown reference `${\(reference.name)}`",
            hint: Suggestion.closest(to: reference.name, among: known).map { "did you mean `${\($0)}`?" }
                ?? "a captured value can be used only after the step that captures it")
        return nil
    }
}
