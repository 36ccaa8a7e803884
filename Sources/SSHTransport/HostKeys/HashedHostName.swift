/// A name that stands in known_hosts only as a salted digest: `|1|salt|digest`, an HMAC-SHA-1 (ssh-keygen -H).
///
/// Worked out here and not by libssh2, which wants a whole session for it: every such line has to be tried for every host.
struct HashedHostName: Hashable, Sendable {
    private let inner: SHA1
    private let outer: SHA1
    private let digest: [UInt8]

    /// - Returns: nil when it is not of this form.
    init?(_ text: some StringProtocol) {
        let fields = text.split(separator: "|", omittingEmptySubsequences: false)
        guard fields.count == 4, fields[0].isEmpty, fields[1] == "1", let salt = Base64.decode(fields[2]),
            let digest = Base64.decode(fields[3]), salt.count <= SHA1.blockLength, digest.count == SHA1.length
        else { return nil }
        self.digest = digest
        let padded = salt + [UInt8](repeating: 0, count: SHA1.blockLength - salt.count)
        inner = SHA1(block: padded.map { $0 ^ 0x36 })
        outer = SHA1(block: padded.map { $0 ^ 0x5c })
    }

    func matches(_ name: String) -> Bool { outer.finish(inner.finish(Array(name.lowercased().utf8))) == digest }
}

/// SHA-1 (FIPS 180-4) after its first block, for names in known_hosts only: nothing rests on its strength.
struct SHA1: Hashable, Sendable {
    static let blockLength = 64
    static let length = 20
    private var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]

    /// - Parameter block: 64 bytes.
    init(block: [UInt8]) { mix(block[...]) }

    /// The digest of the first block and these bytes.
    func finish(_ bytes: [UInt8]) -> [UInt8] {
        var rest = self
        let zeros = [UInt8](repeating: 0, count: (119 - bytes.count % 64) % 64)
        let bits = UInt64(Self.blockLength + bytes.count) * 8
        let padded = bytes + [0x80] + zeros + (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) }
        for start in stride(from: 0, to: padded.count, by: 64) { rest.mix(padded[start..<start + 64]) }
        return rest.state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }

    private mutating func mix(_ block: ArraySlice<UInt8>) {
        var words = [UInt32](repeating: 0, count: 80)
        for (place, byte) in block.enumerated() { words[place / 4] = words[place / 4] << 8 | UInt32(byte) }
        for place in 16..<80 {
            words[place] = Self.turn(words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16], 1)
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for place in 0..<80 {
            let (choice, constant): (UInt32, UInt32) =
                switch place {
                case 0..<20: (b & c | ~b & d, 0x5a82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ed9_eba1)
                case 40..<60: (b & c | b & d | c & d, 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let next = Self.turn(a, 5) &+ choice &+ e &+ constant &+ words[place]
            (e, d, c, b, a) = (d, c, Self.turn(b, 30), a, next)
        }
        for (place, word) in [a, b, c, d, e].enumerated() { state[place] &+= word }
    }

    private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
