import FleetModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Events as JSON text, one per row. Dates keep their full precision, so what is read equals what was written.
enum EventCoding {
    static func text(of event: RunEvent) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(event), as: UTF8.self)
        } catch {
            throw JournalError(.notWritten, "an event cannot be put into the journal: \(error)")
        }
    }

    static func event(_ text: String, sequence: Int64, run: String) throws -> RunEvent {
        do {
            return try JSONDecoder().decode(RunEvent.self, from: Data(text.utf8))
        } catch {
            throw JournalError(
                .unreadable, "event \(sequence) of run \(run)\(named(text)) cannot be read",
                hint: "it is damaged, or a newer version of certfleet wrote it: use that version")
        }
    }

    /// The kind that the record claims to be, when it is at least JSON.
    private static func named(_ text: String) -> String {
        guard case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))["kind"],
            let name = members.keys.first
        else { return "" }
        return " (\(name))"
    }
}
