import CLibSSH2
import Testing

@testable import SSHTransport

@Suite struct ErrorTests {
    @Test func `every number of libssh2 has its meaning, negative as they are`() {
        let meanings: [SSHError.Code: [Int32]] = [
            .noCommonAlgorithm: [-5],
            .handshakeFailed: [-1, -2, -3, -8, -10, -11],
            .connectionLost: [-7, -13, -30, -43, -45],
            .unresponsive: [-9],
            .protocolViolated: [-4, -12, -14, -20, -23, -24, -25, -29, -40, -41],
            .passwordExpired: [-15],
            .authenticationFailed: [-18, -19],
            .keyUnusable: [-16, -36, -42, -48],
            .channelRefused: [-21, -22, -32],
            .channelClosed: [-26, -27],
            .knownHostsUnreadable: [-46],
            .libraryFailure: [-6, -17, -28, -31, -33, -34, -35, -37, -38, -39, -44, -47, -49, -50, -51, -52, -1000],
        ]
        for (code, numbers) in meanings {
            for number in numbers { #expect(LibSSH2Error.code(for: number) == code, "\(number)") }
        }
        let covered = Set(meanings.values.joined())
        #expect((1...52).allSatisfy { covered.contains(-$0) })
        #expect(meanings.values.joined().allSatisfy { LibSSH2Error.code(for: -$0) == .libraryFailure })
    }

    @Test func `the numbers are those of the library's header`() {
        #expect(LIBSSH2_ERROR_SOCKET_RECV == -43)
        #expect(LIBSSH2_ERROR_AUTHENTICATION_FAILED == -18)
        #expect(LIBSSH2_ERROR_EAGAIN == -37)
    }

    @Test func `only what makes a session useless ends it`() {
        for number: Int32 in [-13, -43, -7, -4, -12, -39, -6] { #expect(LibSSH2Error.endsSession(number), "\(number)") }
        for number: Int32 in [-18, -21, -22, -16, -26, -27, -37] {
            #expect(!LibSSH2Error.endsSession(number), "\(number)")
        }
    }

    @Test func `an error reads as a sentence, then its hint`() {
        let error = SSHError(.refused, "connect", "nothing listens on 192.0.2.1:22", hint: "start sshd")
        #expect(error.description == "nothing listens on 192.0.2.1:22\nhint: start sshd")
    }
}
