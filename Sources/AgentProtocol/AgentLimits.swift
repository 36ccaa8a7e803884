/// Numbers that both sides of the conversation keep to.
package enum AgentLimits {
    /// The protocol version that `hello` names.
    package static let version = 1
    /// The longest line either way, in bytes, without its line end.
    package static let line = 1 << 20
    /// How much output that is no frame is kept, in bytes; the latest wins.
    package static let noise = 64 << 10
    /// The size of one `put`, in bytes before base64.
    package static let blobPiece = 256 << 10
    /// Byte values up to this size travel inside the call; larger ones as blobs.
    package static let inlineBytes = 128 << 10
}
