import FleetModel
import SSHTransport

extension Fault {
    /// What the transport says, in the words of a run.
    init(_ error: SSHError, host: Host) {
        self.init(
            "ssh.\(error.code.rawValue)", Self.kind(error.code), host: host.name, error.message,
            hint: Self.hint(error, host) ?? error.hint)
    }

    /// What is wrong with a bastion, to be said on each host behind it.
    init(_ error: SSHError, bastion: Host) {
        self.init(error, host: bastion)
        host = nil
        guard !error.isOfBastion else { return }
        code = "ssh.bastion-\(error.code.rawValue)"
        message = "the bastion \(bastion.name): \(error.message)"
        if error.code == .refused { hint = "is the SSH server of \(bastion.name) running? See \(bastion.place)" }
    }

    private static func kind(_ code: SSHError.Code) -> Kind {
        switch code {
        case .hostKeyUnknown, .hostKeyChanged, .hostKeyRevoked, .hostCertificateRefused, .knownHostsUnreadable,
            .authenticationFailed, .keyUnusable, .keyTypeRefused, .passphraseWrong, .noMethod, .passwordExpired,
            .passwordWithheld:
            .refused
        default: .unreachable
        }
    }

    private static func hint(_ error: SSHError, _ host: Host) -> String? {
        switch error.code {
        case .hostKeyUnknown:
            "certfleet hostkeys scan \(host.name), compare the fingerprint on the server, then: certfleet hostkeys approve \(host.name)"
        case .hostKeyChanged:
            "if the server was rebuilt: certfleet hostkeys scan \(host.name) && certfleet hostkeys approve \(host.name)"
        case .refused: "is sshd running there? Start-Service sshd, and look at the firewall"
        case .timedOut, .unreachable: "is the address right (\(host.address)), and does a firewall let us through?"
        case .unresolved: "see the host's address, \(host.place)"
        default: nil
        }
    }
}
