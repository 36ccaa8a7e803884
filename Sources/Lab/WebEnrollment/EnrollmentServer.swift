import Certificates
import Dispatch
import FleetModel
import FoundationEssentials
import TLSEndpoint

/// The pages behind a port: TLS, HTTP, one thread of a queue of its own per connection.
struct EnrollmentServer: Sendable {
    let site: EnrollmentSite
    let identity: TLSIdentity
    let log: @Sendable (String) -> Void

    private static let queue = DispatchQueue(label: "certfleet.lab.web", attributes: .concurrent)

    init(folder: LabFolder, authority: String, log: @escaping @Sendable (String) -> Void) throws {
        site = EnrollmentSite(folder: folder, authority: authority)
        self.log = log
        let path = "\(folder.web(authority))/tls"
        guard let certificate = try StateFile.read(path + ".pem"), let key = try StateFile.read(path + ".key") else {
            throw LabError(.folder, "the web pages of '\(authority)' have no certificate or key at \(path)")
        }
        identity = TLSIdentity(
            certificate: try Certificate(certificate).der, key: Secret(key),
            chain: [try LabAuthorities.signer(authority, in: folder).certificate.der])
    }

    /// Takes over a connected socket and returns at once.
    func serve(_ connection: Int32) {
        Self.queue.async { [self] in
            do {
                try talk(try TLSStream(accepting: connection, showing: identity))
            } catch {
                log("\(site.authority) (web): \(error)")
            }
        }
    }

    private static func word(_ answer: HTTPResponse) -> String {
        answer.isCut ? "cut" : answer.isWithheld ? "withheld" : "\(answer.status)"
    }

    private func talk(_ stream: TLSStream) throws {
        var reader = HTTPReader()
        var visitor = EnrollmentVisitor()
        while let request = reader.next(from: stream.read) {
            let answer = site.respond(to: request, over: &visitor)
            log(
                "\(site.authority) (web): \(request.method) \(request.path) \(Self.word(answer))"
            )
            if answer.isCut { return stream.cut() }
            if answer.isWithheld { continue }
            guard stream.write(answer.bytes), !answer.closes else { break }
        }
        stream.close()
    }
}
