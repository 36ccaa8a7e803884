/// The enumeration types whose values are checked; every other type of the products is taken as text.
struct Enumeration {
    var name: String
    var values: [String]
    /// A flags type adds its values up on purpose: a comma list means all of them.
    var flags: Bool

    /// - Parameter type: a parameter's type without `[]`.
    init?(_ type: String, product: String, certTypes: [String]) {
        name = type
        switch type {
        case "CertType":
            values = certTypes
            flags = false
        case "UMStartupMode":
            values = ["TCP", "TLS", "Dual"]
            flags = false
        case "ActionPreference":
            values = ["SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend"]
            flags = false
        case "AllowedServices":
            values = ["None", "IMAP", "POP", "UM", "IIS", "SMTP", "Federation"]
            // The Call Router came with Exchange 2013 and left with 2019 (Enable-ExchangeCertificate).
            if ["Exchange Server 2013", "Exchange Server 2016"].contains(product) { values.append("UMCallRouter") }
            flags = true
        default: return nil
        }
    }

    func knows(_ value: String) -> Bool {
        values.contains { $0.lowercased() == value.lowercased() }
    }

    /// The single values in a text: those of a comma list for a flags type.
    func values(in text: String) -> [String] {
        guard flags else { return [text] }
        return text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
