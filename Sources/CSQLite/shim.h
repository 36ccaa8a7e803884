#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast of a macro that Swift does not import: SQLite copies the bytes before it returns.
static inline int certfleet_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int length) {
    return sqlite3_bind_text(statement, index, bytes, length, SQLITE_TRANSIENT);
}
