import CmdletSignatures
import FleetFiles
import FleetModel
import Foundation
import Templates

/// Where a project is, as the command line says it.
struct ProjectPlace: Sendable {
    var folder: String
    var inventory: String?
    var stateFolder: String?

    var inventoryPath: String { inventory ?? (folder == "." ? "inventory/fleet.yml" : "\(folder)/inventory/fleet.yml") }
    var statePath: String { stateFolder ?? "\(folder)/state" }
}

/// A project folder with what its files say.
struct Project: Sendable {
    var place: ProjectPlace
    var inventory: Inventory
    var procedures: [Procedure]
    var signatures: SignatureTable

    /// Reads inventory and procedures, and nothing else: no server is contacted.
    ///
    /// - Throws: ``Refusal`` 65 with every mistake of meaning.
    static func load(_ place: ProjectPlace) throws -> Project {
        do {
            let inventory = try InventoryFile.read(path: place.inventoryPath)
            let signatures = try BuiltIn.signatures()
            let own = try ProcedureLibrary.ownSources(project: inventory.folder)
            let library = try ProcedureLibrary(builtIn: BuiltIn.procedures, own: own, signatures: signatures)
            return Project(
                place: place, inventory: inventory, procedures: library.procedures, signatures: signatures)
        } catch let diagnostics as Diagnostics {
            let isThere = FileManager.default.fileExists(atPath: place.inventoryPath)
            throw Refusal(.badInput, diagnostics.description + (isThere ? "" : "\n  hint: \(Self.whereToLook)"))
        }
    }

    private static let whereToLook =
        "name the project's folder with --project, or the file with -i; inventory/example.yml is one to start from"
}

/// What the program brings with it.
enum BuiltIn {
    static var signatureTexts: [String] {
        ["signatures/vendor.json", "signatures/agent.json"].compactMap { Templates.text($0) }
    }

    static func signatures() throws -> SignatureTable { try SignatureTable(texts: signatureTexts) }

    /// The fleet of the demo, as `inventory/example.yml` has it.
    static var exampleInventory: String { Templates.inventory("example.yml") ?? "" }

    static var procedures: [ProcedureLibrary.Source] {
        Templates.paths(below: "procedures").compactMap { path in
            Templates.text(path).map { ProcedureLibrary.Source(file: "templates/\(path)", text: $0) }
        }
    }

    static var agentScript: String { Templates.text("agent.ps1") ?? "" }
}

/// Why a command does not begin, and the code it ends with.
struct Refusal: Error {
    var code: ExitCode
    var words: String

    init(_ code: ExitCode, _ words: String) {
        self.code = code
        self.words = words
    }
}
