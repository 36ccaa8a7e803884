import FleetModel

/// One order of a plan: what it is, why it is due, which names it has and where they come from.
enum OrderText {
    static func lines(_ planned: PlannedOrder, clock: DisplayClock, style: TextStyle) -> [String] {
        let order = planned.order
        let tone: TextStyle.Tone = ResultWords.tone(planned.need)
        let head = "\(order.id) on \(order.hosts.joined(separator: ", ")): ".cleaned
        let need = planned.isManaged ? ResultWords.text(planned.need) : "named, not managed"
        var lines = ["  " + head + style(need, tone)]
        for reason in planned.reasons { lines.append("    why: \(reason.text)".cleaned) }
        if let until = planned.notAfter { lines.append("    assigned until \(clock.day(until))") }
        if let thumbprint = planned.thumbprint, planned.need.isWork {
            lines.append("    uses \(thumbprint), which is there already".cleaned)
        }
        guard planned.need.isWork else { return lines + notes(planned) }
        lines.append(
            "    from \(order.authority), \(ResultWords.text(order.sharing)), \(order.key.algorithm) \(order.key.bits)"
                .cleaned)
        if let birth = planned.birth { lines.append("    the key is born or exported on \(birth)".cleaned) }
        lines.append("    for \(order.usages.joined(separator: ", "))".cleaned)
        lines.append("    subject CN=\(order.subject.commonName); names:".cleaned)
        var names = Table()
        for name in order.names { names.add(name.name, name.origin) }
        for name in order.dropped { names.add("not \(name.name)", name.why) }
        lines += names.lines(indent: "      ")
        for loss in planned.losses {
            lines.append(style("    a loss: \(loss); to accept it: --accept \(loss)".cleaned, .waiting))
        }
        return lines + notes(planned)
    }

    private static func notes(_ planned: PlannedOrder) -> [String] {
        (planned.otherIssuers + planned.notes).map { "    note: \($0)".cleaned }
    }
}
