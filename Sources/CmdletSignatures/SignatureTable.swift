#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the cmdlets of each product version take: the vendor's and the agent's own.
///
/// It answers two questions. The loader of procedures asks for every mistake of a call (``mistakes(in:product:)``) and
/// is strict: a value has the parameter's own type. The lab asks what PowerShell's binder would do
/// (``binding(of:product:)``), which converts more, and stops at the first error.
package struct SignatureTable: Sendable {
    /// By lower-case name; Exchange and Lync have no cmdlet in common.
    private var cmdlets: [String: CmdletSignature] = [:]
    var certTypes: [String] = []

    /// Reads signature files in JSON, the vendor's and ours, in the form of `templates/signatures/vendor.json`.
    ///
    /// - Throws: ``SignatureError`` when a text is not of that form.
    package init(texts: [String]) throws(SignatureError) {
        for text in texts {
            let file: SignatureFile
            do {
                file = try JSONDecoder().decode(SignatureFile.self, from: Data(text.utf8))
            } catch {
                throw SignatureError(code: .unreadable, detail: String(describing: error))
            }
            certTypes += file.certTypeValues ?? []
            for signature in file.signatures { cmdlets[signature.name.lowercased()] = signature }
        }
    }

    /// All known names, sorted: for "did you mean" and for tests.
    package var names: [String] { cmdlets.values.map(\.name).sorted() }

    /// The cmdlet of that name, in any product; names are compared as PowerShell does, without regard to case.
    package func signature(_ name: String) -> CmdletSignature? { cmdlets[name.lowercased()] }

    /// What a certificate can be assigned to in a product: usages of Lync and Skype for Business, services of Exchange.
    package func usages(in product: String) -> [String] {
        let type = product.hasPrefix("Exchange") ? "AllowedServices" : "CertType"
        return Enumeration(type, product: product, certTypes: certTypes)?.values ?? []
    }

    /// The cmdlet of that name if a server of the product has it.
    package func signature(_ name: String, product: String) -> CmdletSignature? {
        signature(name).flatMap { $0.exists(in: product) ? $0 : nil }
    }
}

/// Why a signatures file cannot be used.
package struct SignatureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; open for more.
    package struct Code: RawRepresentable, Sendable, Hashable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package static let unreadable = Code(rawValue: "unreadable")
    }

    package var code: Code
    package var detail: String

    package var description: String { "signatures file cannot be read: \(detail)" }
}
