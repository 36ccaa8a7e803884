import CLibSSH2

extension SessionHandle {
    /// What this build offers to a server.
    var abilities: Opening.Offer {
        Opening.Offer(
            keyExchanges: supported(LIBSSH2_METHOD_KEX), hostKeys: supported(LIBSSH2_METHOD_HOSTKEY),
            ciphers: supported(LIBSSH2_METHOD_CRYPT_CS), macs: supported(LIBSSH2_METHOD_MAC_CS))
    }
}
