import FleetModel

extension ProcedureReading {
    private static let stepKeys = [
        "id", "title", "call", "action", "with", "select", "capture", "expect", "when", "forEach", "until", "where",
        "may-fail", "late", "verify", "clear", "undo", "forced", "on", "scope", "drains",
    ]

    /// One step; nil only for something that is no mapping.
    func step(_ node: YAMLNode) -> Step? {
        guard let mapping = reader.mapping(node, "step", keys: Self.stepKeys) else { return nil }
        let id = mapping.requiredText("id") ?? ""
        if let place = mapping["id"]?.place, !id.isEmpty, !Self.isIdentifier(id) {
            reader.report(place, "a step's `id` has small letters, digits and hyphens only, not \(Quoting.quote(id))")
        }
        let operation = operation(mapping)
        let captures = captures(mapping)
        let expectations = expectations(mapping)
        let verify = mapping.mapping("verify", keys: ["call", "with", "select", "where", "capture", "expect"]).map(
            readBack)
        let changes =
            switch operation {
            case .call(let call): !Self.isRead(call)
            case .action(let action, _): action.changes
            }
        return Step(
            id: id, title: mapping.requiredText("title") ?? "", operation: operation, condition: condition(mapping),
            forEach: mapping.text("forEach"), until: poll(mapping), late: sideCall(mapping, "late"),
            matching: filters(mapping),
            mayFail: mapping.flag("may-fail") ?? false, captures: captures, expectations: expectations,
            verify: verify, clear: sideCall(mapping, "clear"), undo: sideCall(mapping, "undo"),
            forced: sideCall(mapping, "forced"),
            on: mapping["on"].flatMap { reader.word($0, "on", of: ["all", "birth", "copies", "others", "readers"]) }
                .flatMap(Step.Place.init(rawValue:)) ?? .all,
            scope: mapping["scope"].flatMap { reader.word($0, "scope", of: ["run", "session", "member"]) }
                .flatMap(Step.Scope.init(rawValue:)) ?? .run,
            drains: mapping.flag("drains") ?? false, changes: changes, place: node.place)
    }

    /// `[a-z0-9-]+`
    static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// By its verb: PowerShell's approved verbs keep Get, Test, Read and Export for what leaves a system as it is.
    static func isRead(_ cmdlet: String) -> Bool {
        let verb = cmdlet.split(separator: "-").first.map { $0.lowercased() }
        return cmdlet.isEmpty || ["get", "test", "read", "export"].contains(verb)
    }

    /// A call that only looks: by its verb, or one of the forms of a cmdlet that has others, too.
    static func isRead(_ call: CallTemplate) -> Bool {
        if isRead(call.cmdlet) { return true }
        return call.cmdlet.lowercased() == "request-cscertificate"
            && call.parameters.contains { $0.name.lowercased() == "list" && $0.content == .text("true") }
    }

    private func operation(_ mapping: YAMLMapping) -> StepOperation {
        switch (mapping["call"], mapping["action"]) {
        case (_?, nil): return .call(call(mapping))
        case (nil, let action?): return self.action(action, mapping)
        case (_?, let action?):
            reader.report(action.place, "a step has either `call` or `action`, not both")
            return .call(call(mapping))
        case (nil, nil):
            reader.report(mapping.place, "a step needs `call` or `action`")
            return .call(CallTemplate(cmdlet: "", parameters: [], select: [], place: mapping.place))
        }
    }

    private func action(_ node: YAMLNode, _ mapping: YAMLMapping) -> StepOperation {
        if let select = mapping["select"] { reader.report(select.place, "`select` belongs to a `call`") }
        let inputs = parameters(mapping)
        guard let word = reader.word(node, "action", of: LocalAction.allCases.map(\.rawValue)),
            let action = LocalAction(rawValue: word)
        else { return .call(CallTemplate(cmdlet: "", parameters: inputs, select: [], place: node.place)) }
        ActionInputs(action: action, place: node.place).check(inputs, reader, namePlaces)
        return .action(action, inputs: inputs)
    }

    private func readBack(_ mapping: YAMLMapping) -> ReadBack {
        let readBack = ReadBack(
            call: call(mapping), matching: filters(mapping), captures: captures(mapping),
            expectations: expectations(mapping))
        if mapping["expect"] == nil { reader.report(mapping.place, "`verify` proves nothing without `expect`") }
        return readBack
    }

    private func sideCall(_ mapping: YAMLMapping, _ key: String) -> CallTemplate? {
        mapping.mapping(key, keys: ["call", "with"]).map { call($0) }
    }

    private func condition(_ mapping: YAMLMapping) -> Condition? {
        guard let node = mapping["when"], let text = reader.text(node, "when") else { return nil }
        let negated = text.hasPrefix("not ")
        let fact = negated ? String(text.dropFirst(4)) : text
        guard KnownNames.isFact(fact) else {
            reader.report(
                node.place, "unknown fact \(Quoting.quote(fact))",
                hint: Suggestion.hint(for: fact, among: KnownNames.facts))
            return nil
        }
        if let usage = KnownNames.usage(of: fact) { usagePlaces.append(Placed(usage, at: node.place)) }
        return Condition(fact: fact, negated: negated)
    }

    private func poll(_ mapping: YAMLMapping) -> Poll? {
        guard let poll = mapping.mapping("until", keys: ["every", "limit"]) else { return nil }
        _ = poll.required("every")
        _ = poll.required("limit")
        guard let every = poll.duration("every", in: .milliseconds(100)...(.seconds(3600))),
            let limit = poll.duration("limit", in: .milliseconds(100)...(.seconds(86_400)))
        else { return nil }
        if limit < every { reader.report(poll.place, "`limit` must be at least `every`") }
        return Poll(every: every, limit: limit)
    }
}
