/// Columns of texts, two spaces apart, the last one ragged.
struct Table {
    private var rows: [[String]] = []

    mutating func add(_ cells: String...) { rows.append(cells.map(\.cleaned)) }

    mutating func add(_ cells: [String]) { rows.append(cells.map(\.cleaned)) }

    /// One line per row, each behind `indent`.
    func lines(indent: String = "") -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            var line = indent
            for (column, cell) in row.enumerated() {
                line += column == row.count - 1 ? cell : cell.padded(widths[column]) + "  "
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
