import CSQLite

/// A value for a `?`.
enum SQLValue {
    case integer(Int64)
    case text(String)
    case null
}

/// One prepared statement; keeps its connection alive.
final class StatementHandle {
    private let connection: ConnectionHandle
    /// Owned; finalized with this handle.
    fileprivate let pointer: OpaquePointer

    init(_ sql: String, on connection: ConnectionHandle) throws {
        var prepared: OpaquePointer?
        try connection.check(sqlite3_prepare_v2(connection.pointer, sql, -1, &prepared, nil), "prepare")
        guard let prepared else {
            throw SQLiteError(operation: "prepare", number: SQLITE_MISUSE, message: "empty statement")
        }
        pointer = prepared
        self.connection = connection
    }

    deinit { sqlite3_finalize(pointer) }

    /// Binds the values in order and steps to the end.
    func run(_ values: [SQLValue] = [], row: (Row) throws -> Void = { _ in }) throws {
        // A reset repeats the error of the last step, which has been reported already.
        defer { sqlite3_reset(pointer) }
        for (index, value) in values.enumerated() {
            try connection.check(bind(value, at: Int32(index + 1)), "bind")
        }
        while true {
            let result = sqlite3_step(pointer)
            switch result {
            case SQLITE_ROW: try row(Row(statement: self))
            case SQLITE_DONE: return
            default: throw connection.error(result, "step")
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .integer(let number):
            return sqlite3_bind_int64(pointer, index, number)
        case .null:
            return sqlite3_bind_null(pointer, index)
        case .text(let text):
            var text = text
            return text.withUTF8 { bytes in
                guard let length = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                guard let base = bytes.baseAddress else { return certfleet_bind_text(pointer, index, "", 0) }
                return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    certfleet_bind_text(pointer, index, $0, length)
                }
            }
        }
    }
}

/// The row that a statement stands on; good until its next step.
struct Row {
    fileprivate let statement: StatementHandle

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement.pointer, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement.pointer, column) == SQLITE_NULL }

    /// The text as it stands, NUL bytes included; bytes that are no UTF-8 become replacement characters.
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(statement.pointer, column) else { return "" }
        let count = Int(sqlite3_column_bytes(statement.pointer, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
