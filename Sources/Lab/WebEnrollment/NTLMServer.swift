import Certificates
import FoundationEssentials

/// The server's half of NTLM for one connection (MS-NLMP): a challenge, and a check of what is answered to it.
struct NTLMServer {
    enum Verdict: Equatable {
        /// The message to send back.
        case challenge([UInt8])
        case accepted
        case refused
    }

    /// `DOMAIN\user` or `user`.
    var user: String
    var password: [UInt8]
    /// Refuses answers that are not bound to the TLS channel, as "extended protection" does.
    var wantsChannelBinding = false
    private var challenge: [UInt8]?

    init(user: String, password: [UInt8], wantsChannelBinding: Bool = false) {
        self.user = user
        self.password = password
        self.wantsChannelBinding = wantsChannelBinding
    }

    private static let signature = Array("NTLMSSP\0".utf8)

    mutating func take(_ message: [UInt8]) -> Verdict {
        guard message.starts(with: Self.signature), message.count >= 12 else { return .refused }
        switch message[8] {
        case 1:
            let random = (0..<8).map { _ in UInt8.random(in: 0...255) }
            challenge = random
            return .challenge(Self.challengeMessage(random))
        case 3:
            defer { challenge = nil }
            guard let challenge, let answer = Answer(message) else { return .refused }
            return isRight(answer, to: challenge) ? .accepted : .refused
        default: return .refused
        }
    }

    /// NTLMv2 only: the answer is HMAC-MD5 over challenge and blob, keyed by the password's hash, user and domain.
    private func isRight(_ answer: Answer, to challenge: [UInt8]) -> Bool {
        let parts = user.split(separator: "\\", maxSplits: 1)
        let name = parts.last.map(String.init) ?? user
        guard answer.user.lowercased() == name.lowercased(), answer.response.count > 44 else { return false }
        if parts.count == 2, answer.domain.lowercased() != parts[0].lowercased() { return false }
        let proof = answer.response.prefix(16)
        let blob = answer.response.dropFirst(16)
        let hash = MD4.digest(Self.utf16(String(decoding: password, as: UTF8.self)))
        let key = Digest.hmacMD5(Data(Self.utf16(answer.user.uppercased() + answer.domain)), key: Data(hash))
        guard Digest.hmacMD5(Data(challenge + blob), key: key) == Data(proof) else { return false }
        return !wantsChannelBinding || Self.binding(in: Array(blob)).contains { $0 != 0 }
    }

    /// The value of MsvAvChannelBindings; the pairs begin 28 bytes into the blob.
    private static func binding(in blob: [UInt8]) -> [UInt8] {
        var place = 28
        while place + 4 <= blob.count {
            let kind = Int(blob[place]) | Int(blob[place + 1]) << 8
            let length = Int(blob[place + 2]) | Int(blob[place + 3]) << 8
            guard kind != 0, place + 4 + length <= blob.count else { return [] }
            if kind == 10 { return Array(blob[place + 4..<place + 4 + length]) }
            place += 4 + length
        }
        return []
    }

    private static func challengeMessage(_ challenge: [UInt8]) -> [UInt8] {
        let target = utf16("LAB")
        var info: [UInt8] = []
        for (kind, text) in [(2, "LAB"), (1, "LABCA"), (4, "lab.example.com"), (3, "labca.lab.example.com")] {
            let value = utf16(text)
            info += [UInt8(kind), 0] + little(value.count, 2) + value
        }
        info += [0, 0, 0, 0]
        // Unicode, target name, NTLM, always sign, domain, extended session security, target info, version, 128, 56.
        let flags = 0xA289_8205
        let version: [UInt8] = [10, 0, 0x39, 0x38, 0, 0, 0, 15]
        let start = 56
        return signature + little(2, 4) + little(target.count, 2) + little(target.count, 2) + little(start, 4)
            + little(flags, 4) + challenge + [UInt8](repeating: 0, count: 8) + little(info.count, 2)
            + little(info.count, 2) + little(start + target.count, 4) + version + target + info
    }

    private static func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// The fields of an AUTHENTICATE message.
    private struct Answer {
        var response: [UInt8]
        var domain: String
        var user: String

        init?(_ message: [UInt8]) {
            guard message.count >= 64, let response = Self.field(message, at: 20),
                let domain = Self.field(message, at: 28), let user = Self.field(message, at: 36)
            else { return nil }
            let isUnicode = message[60] & 1 == 1
            self.response = response
            self.domain = Self.text(domain, isUnicode)
            self.user = Self.text(user, isUnicode)
        }

        private static func field(_ message: [UInt8], at place: Int) -> [UInt8]? {
            let length = Int(message[place]) | Int(message[place + 1]) << 8
            let start = (0..<4).reduce(0) { $0 | Int(message[place + 4 + $1]) << (8 * $1) }
            guard start <= message.count, start + length <= message.count else { return nil }
            return Array(message[start..<start + length])
        }

        private static func text(_ bytes: [UInt8], _ isUnicode: Bool) -> String {
            guard isUnicode else { return String(decoding: bytes, as: UTF8.self) }
            let units = stride(from: 0, to: bytes.count - bytes.count % 2, by: 2).map {
                UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
            }
            return String(decoding: units, as: UTF16.self)
        }
    }
}
