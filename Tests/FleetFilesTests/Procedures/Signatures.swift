import CmdletSignatures
import FleetFiles
import FleetModel
import Templates

/// The signatures that the program brings along.
func builtInSignatures() throws -> SignatureTable { try readOnce.get() }

private let readOnce = Result {
    try SignatureTable(texts: ["vendor", "agent"].map { Templates.text("signatures/\($0).json") ?? provisional })
}

/// Stands for the agent's own functions as long as their file is not there.
private let provisional: String = {
    let functions: [String: String] = [
        "Get-HostFact": "",
        "Get-StoreCertificate": "Store:String Thumbprint:String Raw:SwitchParameter Location:String",
        "Add-CertificateBundle": "!RawData:Byte[] Location:String",
        "Remove-StoreCertificate": "!Store:String !Thumbprint:String Location:String",
        "Remove-PendingRequest": "!FriendlyName:String", "Get-TrustProblem": "Location:String",
        "Move-MisplacedRoot": "!Thumbprint:String Location:String",
        "Import-KeyBundle":
            "!RawData:Byte[] !Password:SecureString Exportable:SwitchParameter FriendlyName:String Location:String",
        "Export-KeyBundle": "!Thumbprint:String !Password:SecureString Location:String",
        "Test-PrivateKey": "!Thumbprint:String !Nonce:Byte[] Location:String",
        "Test-Chain": "!Thumbprint:String Revocation:String Location:String",
        "New-PrivateFolder": "!Name:String", "Get-PrivateFolder": "!Name:String",
        "Remove-PrivateFolder": "!Folder:String", "Read-PrivateFile": "!Folder:String !Name:String",
        "Write-PrivateFile": "!Folder:String !Name:String !RawData:Byte[]", "Get-ServiceFact": "!Name:String[]",
    ]
    let records = functions.map { name, parameters in
        let items = parameters.split(separator: " ").map { text in
            let parts = text.drop { $0 == "!" }.split(separator: ":")
            return #"{"name": "\#(parts[0])", "type": "\#(parts[1])", "mandatory": \#(text.hasPrefix("!"))}"#
        }
        return #"{"name": "\#(name)", "module": "Certfleet", "parameterSets": {"Default": ["#
            + items.joined(separator: ", ") + "]}}"
    }
    return #"{"cmdlets": ["# + records.joined(separator: ", ") + "]}"
}()

/// The built-in procedure files.
func builtInProcedures() -> [ProcedureLibrary.Source] {
    Templates.paths(below: "procedures").map { path in
        ProcedureLibrary.Source(file: "templates/" + path, text: Templates.text(path) ?? "")
    }
}

/// The messages of a text's mistakes as `line:column message`; empty when it is read.
func mistakes(_ text: String, file: String = "sample.yaml") throws -> [String] {
    let signatures = try builtInSignatures()
    do throws(Diagnostics) {
        _ = try ProcedureFile.parse(text: text, file: file, signatures: signatures)
        return []
    } catch {
        return error.all.map { "\($0.place.line):\($0.place.column) \($0.message)" }
    }
}

/// A certificate procedure of one version around some lines of `prepare`; the first of them is line 8.
func sample(_ prepare: String, versions: String = #"["2013"]"#, sharing: String = "host") -> String {
    """
    procedure: sample
    title: sample
    kind: certificate
    types: [front-end]
    versions: \(versions)
    sharing: [\(sharing)]
    prepare:
    \(prepare)
    """
}
