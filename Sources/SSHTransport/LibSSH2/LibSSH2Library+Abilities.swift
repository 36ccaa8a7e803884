import CLibSSH2

extension LibSSH2Library {
    /// What this build offers to a server; asked once in the process.
    static let abilities: Opening.Offer = {
        guard let handle = try? SessionHandle() else {
            return Opening.Offer(keyExchanges: [], hostKeys: [], ciphers: [], macs: [])
        }
        return Opening.Offer(
            keyExchanges: handle.supported(LIBSSH2_METHOD_KEX), hostKeys: handle.supported(LIBSSH2_METHOD_HOSTKEY),
            ciphers: handle.supported(LIBSSH2_METHOD_CRYPT_CS), macs: handle.supported(LIBSSH2_METHOD_MAC_CS))
    }()

    /// All the key exchanges it knows, the one that costs least first: equally strong (RFC 5656 and RFC 8731 both give 128
    /// bits), P-256 takes OpenSSL 3 some 90 µs and Curve25519 150, for libssh2 hands it the bare key, whose public half is
    /// then worked out once more.
    static let keyExchangeOrder: [String] = {
        let cheapest = "ecdh-sha2-nistp256"
        return abilities.keyExchanges.filter { $0 == cheapest } + abilities.keyExchanges.filter { $0 != cheapest }
    }()
}
