/// Where events go. For intents and outcomes the call returns only when they are on disk.
package protocol EventSink: Sendable {
    /// - Throws: ``Fault`` of kind `state` when the journal cannot be written: the run stops.
    func record(_ kind: RunEvent.Kind) async throws
}
