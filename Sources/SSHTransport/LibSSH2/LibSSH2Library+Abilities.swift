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
}
