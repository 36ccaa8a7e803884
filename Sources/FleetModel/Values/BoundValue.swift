#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What a reference such as `${host.fqdn}` stands for.
package enum BoundValue: Sendable {
    case text(String)
    case list([String])
    case bytes(Data)
    case flag(Bool)
    case secret(Secret)
    /// A secret of the inventory by its name: it is brought when a call needs it, and is in no plan.
    case secretNamed(String)

    /// The text to put into a string; lists are joined by commas, as the cmdlets that take one string want them.
    package var text: String? {
        switch self {
        case .text(let value): value
        case .list(let values): values.joined(separator: ",")
        case .flag(let value): value ? "true" : "false"
        case .bytes, .secret, .secretNamed: nil
        }
    }
}

/// A value with its type, as a cmdlet's parameter takes it (`agent-protocol`, typed values).
package enum TypedValue: Sendable {
    case string(String)
    case int(Int64)
    case bool(Bool)
    case `switch`(Bool)
    /// ISO 8601; without a zone it is the server's local time.
    case date(String)
    case bytes(Data)
    /// The name of a blob that was put beforehand.
    case blob(String)
    case secure(Secret)
    /// A secret that the cmdlet takes as plain text.
    case secretText(Secret)
    case credential(user: String, password: Secret)
    case list([String])
    case null
}

/// The word for a type in a procedure file.
package enum ValueType: String, Sendable, Codable, CaseIterable {
    case string, int, bool, `switch`, date, secure, bytes, credential, list
    case secretText = "secret-text"
}
