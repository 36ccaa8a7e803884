package import FleetModel

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// What a run needs done by others.
package struct RunTools: Sendable {
    package var links: HostLinks
    package var issuer: any CertificateIssuing
    package var secrets: any SecretResolving
    package var checker: any CertificateChecking
    package var prober: any EndpointProbing
    package var sink: any EventSink
    package var clock: any Clock<Duration>
    package var now: @Sendable () -> Date
    package var stop: StopRequest
    package var run: String
    /// By authority: its issuing and root certificates, DER.
    package var chains: [String: [Data]]

    package init(
        links: HostLinks, issuer: any CertificateIssuing, secrets: any SecretResolving,
        checker: any CertificateChecking,
        prober: any EndpointProbing, sink: any EventSink, clock: any Clock<Duration>,
        now: @escaping @Sendable () -> Date, stop: StopRequest, run: String, chains: [String: [Data]]
    ) {
        self.chains = chains
        self.links = links
        self.issuer = issuer
        self.secrets = secrets
        self.checker = checker
        self.prober = prober
        self.sink = sink
        self.clock = clock
        self.now = now
        self.stop = stop
        self.run = run
    }
}
