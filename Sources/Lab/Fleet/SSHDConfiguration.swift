/// The configuration with which OpenSSH's server plays one Windows host.
struct SSHDConfiguration: Sendable {
    var folder: LabFolder
    var host: String
    /// Absolute path of this program.
    var program: String

    /// One directive a line. The forced command gets the client's own as `SSH_ORIGINAL_COMMAND`.
    var text: String {
        """
        HostKey "\(folder.hostKey(host))"
        AuthorizedKeysFile "\(folder.authorizedKeys.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))"
        StrictModes no
        UsePAM no
        PubkeyAuthentication yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin prohibit-password
        PermitEmptyPasswords no
        PermitUserEnvironment no
        PermitUserRC no
        PermitTTY no
        AllowTcpForwarding no
        AllowAgentForwarding no
        AllowStreamLocalForwarding no
        PermitTunnel no
        X11Forwarding no
        PrintMotd no
        PrintLastLog no
        PidFile none
        LogLevel INFO
        MaxSessions 10
        LoginGraceTime 60
        SetEnv SHLVL=2
        ForceCommand \(command)

        """
    }

    // SHLVL: bash takes a command whose input is a socket for a remote shell's and would read ~/.bashrc first; from
    // the second level on it does not. No PermitTTY: Windows hosts are asked without one.

    private var command: String {
        ([program, "lab", "host", folder.path, host]).map(Self.quoted).joined(separator: " ")
    }

    /// The user's login shell reads the forced command.
    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
