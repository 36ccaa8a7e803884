import CCurl

/// What goes out and comes in during one transfer; libcurl calls it back on the thread that performs.
final class CurlExchange {
    private(set) var heads: [ResponseHead] = []
    private(set) var body: [UInt8] = []
    /// How many bytes of the request's body libcurl has taken.
    private(set) var given = 0
    private var outgoing: [UInt8] = []

    /// More than any page or chain, in bytes.
    private static let largest = 4 << 20

    func begin(_ body: [UInt8]) {
        heads = []
        self.body = []
        given = 0
        outgoing = body
    }

    /// The handle must not be used any more when this object is gone.
    func attach(to handle: UnsafeMutableRawPointer) {
        let own = Unmanaged.passUnretained(self).toOpaque()
        _ = ccurl_set_receivers(
            handle,
            { bytes, size, count, own in CurlExchange.of(own)?.take(bytes, size * count) ?? 0 },
            { bytes, size, count, own in CurlExchange.of(own)?.takeField(bytes, size * count) ?? 0 }, own)
        // libcurl would send a body again by itself when a kept connection dies before the answer (rule C2): one that
        // was given out is not given again.
        _ = ccurl_set_source(
            handle,
            { bytes, size, count, own in CurlExchange.of(own)?.give(bytes, size * count) ?? 0 },
            { own, _, _ in CurlExchange.of(own)?.given == 0 ? 0 : 1 }, own)
    }

    private static func of(_ own: UnsafeMutableRawPointer?) -> CurlExchange? {
        own.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
    }

    private func take(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes, body.count + count <= Self.largest else { return 0 }
        body += UnsafeRawBufferPointer(start: bytes, count: count)
        return count
    }

    private func takeField(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return count }
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            let status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) } ?? 0
            heads.append(ResponseHead(status: status))
        } else if let colon = line.firstIndex(of: ":"), !heads.isEmpty {
            let value = line[line.index(after: colon)...].trimmed
            heads[heads.count - 1].fields.append((line[..<colon].lowercased(), String(value)))
        }
        return count
    }

    private func give(_ room: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let room, given < outgoing.count else { return 0 }
        let part = outgoing[given...].prefix(count)
        UnsafeMutableRawPointer(room).copyMemory(from: Array(part), byteCount: part.count)
        given += part.count
        return part.count
    }
}
