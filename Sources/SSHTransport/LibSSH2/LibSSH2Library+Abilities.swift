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

    /// The host key algorithms to ask a host for, with commas between them.
    static func hostKeyOrder(for pins: [HostKeyPolicy.Pin]) -> String {
        if pins.count == 1, !pins[0].isRevoked, let order = ordersForOne[pins[0].key.type] { return order }
        return HostKeyPolicy.order(of: abilities.hostKeys, pins: pins).joined(separator: ",")
    }

    /// By the type of the one key that is pinned, for that is how nearly all hosts are known.
    private static let ordersForOne = Dictionary(
        uniqueKeysWithValues: abilities.hostKeys.map {
            ($0, HostKeyPolicy.order(of: abilities.hostKeys, types: [$0]).joined(separator: ","))
        })
}
