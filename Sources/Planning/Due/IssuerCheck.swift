import FleetModel

/// Whether a certificate comes from the authority that the inventory names.
///
/// It is said and does not make a certificate due: authorities change their issuing certificates without asking, and a
/// nightly renewal must not order again for that. One that another authority made by hand is not taken for an order,
/// though, however well its names fit.
struct IssuerCheck {
    let order: CertificateOrder
    /// Common names of the authority's certificates; `nil` or empty: not known, so nothing can be said.
    let issuers: [String]?

    /// - Returns: The other issuer's name; `nil` when it is one of the authority's or not known.
    func other(_ certificate: StoreCertificate) -> String? {
        guard let issuers, !issuers.isEmpty, let name = DistinguishedName.commonName(of: certificate.issuer),
            !name.isEmpty, !issuers.contains(where: { $0.lowercased() == name.lowercased() })
        else { return nil }
        return name
    }

    /// A sentence for plan and status.
    func note(_ certificate: StoreCertificate, on host: String) -> String? {
        other(certificate).map { name in
            "the one assigned on \(host) was issued by \(name), not by \(order.authority) "
                + "(\((issuers ?? []).joined(separator: ", "))); the next one comes from there"
        }
    }
}
