/// A failure code of AD CS or Windows in words (MS-ERREF).
package enum FailureCode {
    /// `0x80094800`
    package static func text(_ code: UInt32) -> String { "0x" + String(code, radix: 16, uppercase: true) }

    /// CERTSRV_E_*: the authority itself said no.
    package static func isDenial(_ code: UInt32) -> Bool { code & 0xFFFF_F000 == 0x8009_4000 }

    package static func sentence(_ code: UInt32, template: String?) -> String? {
        let named = template.map { "template \($0)" } ?? "this template"
        return switch code {
        case 0x8009_4800:
            "the CA does not offer \(named): is it published there, and is this its name, not its display name?"
        case 0x8009_4801: "no template is named in the request: give the authority's template in the inventory"
        case 0x8009_4012: "the account has no Enroll right on \(named)"
        case 0x8009_4011: "the account may not request certificates from this CA"
        case 0x8009_4014: "a CA manager denied the request"
        case 0x8009_4003: "the request is in the wrong state"
        case 0x8009_4004: "the CA knows no such request"
        case 0x8009_4811: "the key is too short for \(named)"
        case 0x8009_480F: "\(named) builds the subject from the directory, which has none for this request"
        case 0x8009_2013: "the CA cannot reach a revocation list: repair the PKI, asking again is useless"
        case 0x8007_06BA: "the CA cannot be reached (RPC)"
        case 0x8007_0005:
            "access denied: pages on another machine than the CA need delegation, or the account lacks a right"
        default: nil
        }
    }
}
