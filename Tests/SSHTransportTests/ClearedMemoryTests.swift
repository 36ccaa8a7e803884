import Foundation
import TestSupport
import Testing

@testable import SSHTransport

/// What a session needs no memory for takes none.
@Suite(.timeLimit(.minutes(1))) struct ClearedMemoryTests {
    /// Some pages that can be asked which of them the system holds.
    private final class Pages {
        static let size = Int(getpagesize())
        let bytes: UnsafeMutableRawBufferPointer

        init(_ count: Int) throws {
            let start = mmap(nil, count * Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            bytes = UnsafeMutableRawBufferPointer(start: start, count: count * Self.size)
            try #require(start != MAP_FAILED)
            _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
        }

        deinit { munmap(bytes.baseAddress, bytes.count) }

        /// The numbers of those that are held.
        var held: [Int] {
            var states = [UInt8](repeating: 0, count: bytes.count / Self.size)
            #expect(mincore(bytes.baseAddress, bytes.count, &states) == 0)
            return states.indices.filter { states[$0] & 1 == 1 }
        }
    }

    @Test func `only whole pages of zeros are given back, and what is written on others stays`() throws {
        let pages = try Pages(8)
        let start = try #require(pages.bytes.baseAddress)
        #expect(pages.held == Array(0..<8))
        // The first and the last byte of a page count as much as any other.
        pages.bytes[3 * Pages.size] = 1
        pages.bytes[5 * Pages.size - 1] = 2
        ClearedMemory.giveBack(from: start + 1, 7 * Pages.size - 1)
        // Neither the page it begins in the middle of nor the one behind it.
        #expect(pages.held == [0, 3, 4, 7])
        #expect(pages.bytes[3 * Pages.size] == 1 && pages.bytes[5 * Pages.size - 1] == 2)
        #expect(pages.bytes[6 * Pages.size] == 0)
    }

    @Test func `less than a page gives nothing back`() throws {
        let pages = try Pages(2)
        let start = try #require(pages.bytes.baseAddress)
        ClearedMemory.giveBack(from: start, 0)
        ClearedMemory.giveBack(from: start, Pages.size - 1)
        ClearedMemory.giveBack(from: start + 8, Pages.size)
        #expect(pages.held == [0, 1])
    }

    @Test func `a session that begins holds a fraction of what the library clears for it`() async {
        await #expect(processExitsWith: .success) {
            func resident() throws -> Int {
                let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
                return Int(text.split(separator: " ")[1]).map { $0 * Int(getpagesize()) } ?? 0
            }
            // The first of them brings what stays for all.
            var sessions = [try SessionHandle()]
            let before = try resident()
            for _ in 0..<200 { sessions.append(try SessionHandle()) }
            let growth = (try resident() - before) / 200
            precondition(growth < 24 << 10 || Effort.isSanitized, "\(growth) bytes for each session")
            withExtendedLifetime(sessions) {}
        }
    }
}
