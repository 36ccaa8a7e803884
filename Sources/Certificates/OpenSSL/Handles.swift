import COpenSSL

// Each owns one OpenSSL object and frees it once; none leaves this room. They are made, used and dropped within one
// call on one thread, KeyHandle excepted.

/// Owner of one OpenSSL object.
protocol PointerOwner: AnyObject {
    var pointer: OpaquePointer { get }
}

extension PointerOwner {
    /// Lends the pointer and keeps its owner alive meanwhile: a bare `pointer` of a temporary would outlive it.
    func use<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(pointer) }
    }

    /// Marks the place until which the owner must live, for pointers that others keep: in a `defer`.
    func stay() { withExtendedLifetime(self) {} }
}

final class CertificateHandle: PointerOwner {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    init(_ certificate: Certificate) throws {
        pointer = try decode(certificate.der, "read a certificate") { d2i_X509(nil, $0, $1) }
    }

    deinit { X509_free(pointer) }
}

final class RequestHandle: PointerOwner {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_REQ_free(pointer) }
}

/// A key lives longer than a call.
final class KeyHandle: PointerOwner, Sendable {
    // `nonisolated(unsafe)`: nothing changes an `EVP_PKEY` after it was made here. OpenSSL counts its references atomically
    // and guards the caches of its provider with locks (openssl-threads); what must be changed (attributes for a PFX) is a
    // duplicate.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }
}

final class PKCS12Handle: PointerOwner {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PKCS12_free(pointer) }
}

/// A stack of certificates that shares what is put into it.
final class CertificateStackHandle: PointerOwner {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    init(_ certificates: [Certificate]) throws {
        guard let made = cossl_certificates_new() else { throw CertificateError.fromQueue(.failed, "make a list") }
        pointer = made
        for certificate in certificates {
            guard try CertificateHandle(certificate).use({ cossl_certificates_push(made, $0) }) == 1 else {
                throw CertificateError.fromQueue(.failed, "make a list")
            }
        }
    }

    deinit { cossl_certificates_free(pointer) }
}

/// A BIO in memory; its buffer is wiped when it is freed (OpenSSL's `BUF_MEM_free`).
final class MemoryHandle: PointerOwner {
    let pointer: OpaquePointer

    init() throws {
        guard let made = BIO_new(BIO_s_mem()) else { throw CertificateError.fromQueue(.failed, "allocate memory") }
        pointer = made
    }

    convenience init(_ bytes: UnsafeRawBufferPointer) throws {
        try self.init()
        guard bytes.isEmpty || BIO_write(pointer, bytes.baseAddress, Int32(bytes.count)) == bytes.count else {
            throw CertificateError.fromQueue(.failed, "allocate memory")
        }
    }

    /// Lends what was written.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        var start: UnsafePointer<UInt8>?
        let count = cossl_bio_bytes(pointer, &start)
        return try body(UnsafeBufferPointer(start: start, count: max(count, 0)))
    }

    deinit { BIO_free(pointer) }
}
