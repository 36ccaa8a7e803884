import FleetModel

/// Finds line and column of a position in UTF-8 text.
///
/// Columns count Unicode characters (code points). Lines end with LF, CR or CRLF, as editors count them; libyaml's own
/// line numbers are not used because it also breaks at NEL, LS and PS.
struct LineIndex {
    private let file: String
    /// For each line the number of characters before it.
    private let starts: [Int]

    init(_ bytes: [UInt8], file: String) {
        self.file = file
        var starts = [0]
        var characters = 0
        for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            characters += 1
            let breaks = byte == 0x0A || (byte == 0x0D && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0A))
            if breaks { starts.append(characters) }
        }
        self.starts = starts
    }

    /// The place of the character with this number, counted from 0.
    func place(ofCharacter index: Int) -> SourcePlace {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= index { low = middle } else { high = middle }
        }
        return SourcePlace(file: file, line: low + 1, column: max(index - starts[low], 0) + 1)
    }

    /// The place of the character that begins at this byte of the indexed text.
    func place(ofByte offset: Int, in bytes: [UInt8]) -> SourcePlace {
        place(ofCharacter: bytes.prefix(offset).count { $0 & 0xC0 != 0x80 })
    }
}
