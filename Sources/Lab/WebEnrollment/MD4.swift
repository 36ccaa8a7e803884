/// MD4 (RFC 1320), which OpenSSL 3 keeps in a provider that is not always there; NTLM's password hash is made with it.
enum MD4 {
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        for start in stride(from: 0, to: padded.count, by: 64) { mix(Array(padded[start..<start + 64]), into: &state) }
        return state.flatMap { word in
            (0..<4).map { (index: UInt32) -> UInt8 in UInt8(truncatingIfNeeded: word >> (8 * index)) }
        }
    }

    private struct Round {
        var order: [Int]
        var shifts: [UInt32]
        var addend: UInt32
        var function: (UInt32, UInt32, UInt32) -> UInt32
    }

    private static var rounds: [Round] {
        [
            Round(order: Array(0..<16), shifts: [3, 7, 11, 19], addend: 0) { ($0 & $1) | (~$0 & $2) },
            Round(
                order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15], shifts: [3, 5, 9, 13],
                addend: 0x5A82_7999
            ) { ($0 & $1) | ($0 & $2) | ($1 & $2) },
            Round(
                order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15], shifts: [3, 9, 11, 15],
                addend: 0x6ED9_EBA1
            ) { $0 ^ $1 ^ $2 },
        ]
    }

    private static func mix(_ block: [UInt8], into state: inout [UInt32]) {
        let words = (0..<16).map { index -> UInt32 in
            let bytes = block[index * 4..<index * 4 + 4]
            return bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for round in rounds {
            for (step, index) in round.order.enumerated() {
                let sum = a &+ round.function(b, c, d) &+ words[index] &+ round.addend
                let shift = round.shifts[step % 4]
                (a, b, c, d) = (d, sum << shift | sum >> (32 - shift), b, c)
            }
        }
        state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
    }
}
