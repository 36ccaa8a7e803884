/// Brings the inventory's secrets.
package protocol SecretResolving: Sendable {
    /// - Throws: ``Fault`` `secret.…` that names the secret, never a value.
    func secret(_ name: String) async throws -> Secret
}
