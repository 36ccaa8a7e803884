import CLinux

/// How many files, and so how many connections, the system lets this process have open at once.
package enum OpenFiles {
    /// For everything that is not a connection to a host: journal, reports, children, name look-ups, authorities.
    private static let reserve = 96

    /// Raises the soft limit to the hard one. Who starts programs should know that they inherit it.
    ///
    /// - Returns: The limit that is now in force.
    @discardableResult
    package static func raise() -> Int { Int(clamping: linux_raise_open_files()) }

    /// How many connections there can be at once under this limit.
    package static func connections(under limit: Int) -> Int { max(8, limit - reserve) }

    /// How many hosts can be connected at once: an eighth of the connections is left for bastions, which stay while the
    /// hosts behind them come and go.
    package static func hosts(under limit: Int) -> Int { connections(under: limit) - connections(under: limit) / 8 }
}
