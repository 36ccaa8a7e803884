/// The commands that the lab's hosts carry out, by lower-case name.
enum CommandTable {
    private static let commands: [String: Command] = {
        var all: [String: Command] = [:]
        for table in [
            StoreCommands.table, KeyCommands.table, ChainCommands.table, PrivateFileCommands.table,
            FactCommands.table, ModuleCommands.table, CsRequestCommands.table, CsCertificateCommands.table,
            CsServiceCommands.table, CsPoolCommands.table, CsTopologyCommands.table,
            CsReplicationCommands.table, ExchangeCertificateCommands.table,
            UnifiedMessagingCommands.table, WindowsServiceCommands.table, TLSCommands.table,
        ] {
            for (name, command) in table { all[name.lowercased()] = command }
        }
        return all
    }()

    static func command(_ name: String) -> Command? { commands[name.lowercased()] }

    /// Does a call of this cmdlet change anything? The same rule as for procedures.
    static func changes(_ cmdlet: String) -> Bool {
        let verb = cmdlet.prefix { $0 != "-" }.lowercased()
        return !["get", "test", "read", "export"].contains(verb)
            && !["import-module", "add-pssnapin"].contains(cmdlet.lowercased())
    }
}
