import Certificates
import FleetModel
import FoundationEssentials

/// Requests that wait in the store `Request`, and the answers that meet them: what both products share.
enum PendingRequests {
    /// What a request is to be.
    struct Wish {
        var subject: Subject
        var names: [String]
        var bits: Int
        var friendlyName: String
        var exportable: Bool
        var clientEKU = false
    }

    /// Makes key and request, and leaves the key behind a self-signed stand-in in `Request`, as Windows does.
    static func make(_ wish: Wish, _ context: CommandContext) async throws -> CertificateRequest {
        let key = try await PrivateKey.generate(try kind(wish.bits, context))
        let usages =
            [ExtendedKeyUsage.serverAuthentication] + (wish.clientEKU ? [ExtendedKeyUsage.clientAuthentication] : [])
        let request: CertificateRequest
        let standIn: Certificate
        do {
            request = try CertificateRequest.make(key: key, subject: wish.subject, dnsNames: wish.names, ekus: usages)
            standIn = try CertificateSigner.selfSigned(
                CertificateContent(
                    subject: wish.subject, dnsNames: wish.names, validity: Validity(days: 365, from: context.now)),
                key: key)
        } catch let error as CertificateError {
            throw context.failure("The request cannot be made: \(error)", hresult: WindowsError.invalidParameter)
        }
        try context.state.store(.request).add(
            StoreEntry(
                thumbprint: standIn.thumbprint, certificate: standIn.der, key: try key.pem(),
                friendlyName: wish.friendlyName, exportable: wish.exportable))
        return request
    }

    private static func kind(_ bits: Int, _ context: CommandContext) throws -> PrivateKey.Kind {
        switch bits {
        case 2048: return .rsa2048
        case 3072: return .rsa3072
        case 4096: return .rsa4096
        default:
            throw context.failure("The key length \(bits) is not supported.", hresult: WindowsError.badKeyLength)
        }
    }

    /// Takes an answer in: the certificate meets its request's key and goes to `My`, authorities beside it to `CA`; a
    /// PFX brings its own key.
    static func accept(
        _ data: Data, password: Secret?, exportable: Bool, friendlyName: String?, _ context: CommandContext
    ) throws -> (Certificate, StoreEntry) {
        do {
            if PFX.isOne(data) {
                return try acceptBundle(
                    PFX.read(Secret(data), password: password ?? Secret(text: "")), exportable, friendlyName, context)
            }
            return try acceptAnswer(CertificateBundle.read(data), friendlyName, context)
        } catch let error as CertificateError {
            throw context.failure(
                error.code == .wrongPassword
                    ? "The specified network password is not correct." : "The data cannot be read as a certificate.",
                hresult: error.code == .wrongPassword ? WindowsError.wrongPassword : WindowsError.badData)
        }
    }

    private static func acceptBundle(
        _ bundle: PFX, _ exportable: Bool, _ friendlyName: String?, _ context: CommandContext
    ) throws -> (Certificate, StoreEntry) {
        let entry = StoreEntry(
            thumbprint: bundle.certificate.thumbprint, certificate: bundle.certificate.der, key: try bundle.key.pem(),
            friendlyName: friendlyName ?? bundle.friendlyName ?? "", exportable: exportable)
        try context.state.store(.my).add(entry)
        try keep(bundle.intermediates, context)
        return (bundle.certificate, entry)
    }

    private static func acceptAnswer(
        _ answer: [Certificate], _ friendlyName: String?, _ context: CommandContext
    ) throws -> (Certificate, StoreEntry) {
        let requests = context.state.store(.request)
        let pending = try requests.entries()
        for certificate in answer {
            let request = pending.first { (try? Certificate($0.certificate))?.publicKey == certificate.publicKey }
            guard let request else { continue }
            let entry = StoreEntry(
                thumbprint: certificate.thumbprint, certificate: certificate.der, key: request.key,
                friendlyName: friendlyName ?? request.friendlyName, exportable: request.exportable)
            try context.state.store(.my).add(entry)
            try requests.remove(request.thumbprint)
            try keep(answer.filter { $0 != certificate }, context)
            return (certificate, entry)
        }
        // The same answer once more finds its key where the first one put it.
        for certificate in answer {
            if let entry = try context.ownEntry(certificate.thumbprint), entry.key != nil {
                return (certificate, entry)
            }
        }
        throw context.failure(
            "Cannot find object or property: no pending request has the certificate's key.",
            target: answer.first?.thumbprint, hresult: WindowsError.notFound)
    }

    private static func keep(_ others: [Certificate], _ context: CommandContext) throws {
        let store = context.state.store(.intermediate)
        for certificate in others where certificate.isAuthority && !certificate.isSelfIssued {
            guard try store.entry(certificate.thumbprint) == nil else { continue }
            try store.add(StoreEntry(thumbprint: certificate.thumbprint, certificate: certificate.der))
        }
    }

    /// Windows' heading.
    static func text(_ request: CertificateRequest) -> String {
        String(decoding: request.pem, as: UTF8.self).replacingWords(
            " CERTIFICATE REQUEST-----", with: " NEW CERTIFICATE REQUEST-----")
    }
}

extension String {
    func replacingWords(_ old: String, with new: String) -> String {
        var rest = self[...]
        var text = ""
        while let found = rest.firstRange(of: old) {
            text += rest[..<found.lowerBound] + new
            rest = rest[found.upperBound...]
        }
        return text + rest
    }
}
