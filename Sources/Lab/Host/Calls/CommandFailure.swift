import AgentProtocol

/// An error of a simulated cmdlet, in PowerShell's terms.
struct CommandFailure: Error, Equatable {
    var message: String
    /// `FullyQualifiedErrorId`.
    var id: String
    var category: String
    var target: String?
    /// Of the innermost exception.
    var exception: String
    var hresult: UInt32

    init(
        _ message: String, id: String, category: String = "InvalidOperation", target: String? = nil,
        exception: String = "System.InvalidOperationException", hresult: UInt32 = 0x8013_1509
    ) {
        self.message = message
        self.id = id
        self.category = category
        self.target = target
        self.exception = exception
        self.hresult = hresult
    }

    /// An error of the agent's own functions: its id is ours.
    static func ours(_ id: String, _ message: String, target: String? = nil, hresult: UInt32 = 0x8013_1509) -> Self {
        Self(message, id: "Certfleet.\(id)", target: target, hresult: hresult)
    }

    /// An error of a product's cmdlet, whose id is the exception's name and the cmdlet's class.
    static func product(_ cmdlet: String, _ message: String, target: String? = nil, hresult: UInt32 = 0x8013_1509)
        -> Self
    {
        Self(
            message, id: "ProcessingFailed,\(cmdlet)", target: target,
            exception: hresult == 0x8013_1509
                ? "System.InvalidOperationException" : "System.Runtime.InteropServices.COMException",
            hresult: hresult)
    }

    /// The error record as the agent sends it.
    var data: ErrorData {
        let digits = String(hresult, radix: 16)
        return ErrorData(
            message: message, terminating: true, id: id, category: category, target: target,
            stack: "at <ScriptBlock>, <No file>: line 1",
            exceptions: [
                ErrorData.Exception(
                    type: exception, hresult: "0x" + String(repeating: "0", count: 8 - digits.count) + digits)
            ])
    }
}

/// HRESULTs that Windows gives, by what they say.
enum WindowsError {
    static let fileNotFound: UInt32 = 0x8007_0002
    static let pathNotFound: UInt32 = 0x8007_0003
    static let accessDenied: UInt32 = 0x8007_0005
    static let wrongPassword: UInt32 = 0x8007_0056
    static let diskFull: UInt32 = 0x8007_0070
    static let invalidParameter: UInt32 = 0x8007_0057
    static let serverUnavailable: UInt32 = 0x8007_06BA
    static let badKeyLength: UInt32 = 0x8009_0004
    static let badData: UInt32 = 0x8009_2009
    static let notFound: UInt32 = 0x8009_2004
    static let noPrivateKey: UInt32 = 0x8009_200B
    static let untrustedRoot: UInt32 = 0x800B_0109
    static let incompleteChain: UInt32 = 0x800B_010A
    static let notTimeValid: UInt32 = 0x800B_0101
}
