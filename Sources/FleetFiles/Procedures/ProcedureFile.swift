package import CmdletSignatures
package import FleetModel

/// A procedure's text into a ``Procedure``, or every mistake in it with its place.
package enum ProcedureFile {
    /// Reads one procedure and checks it: grammar, references, and each call against the signatures of each product
    /// version that the file names.
    ///
    /// - Parameters:
    ///   - file: The name that places bear; its last part without `.yaml` must be the procedure's name.
    ///   - signatures: The vendor's and our own.
    /// - Throws: ``Diagnostics`` with all mistakes in the order of the file.
    package static func parse(
        text: String, file: String, signatures: SignatureTable
    ) throws(Diagnostics) -> Procedure {
        let document = try YAMLDocument.parse(text: text, file: file)
        let reading = ProcedureReading(YAMLReader(mistakes: document.mistakes), file: file)
        let procedure = reading.procedure(document.root)
        if let procedure {
            if reading.kindIsKnown { StepRules(procedure: procedure, reader: reading.reader).check() }
            var references = ReferenceCheck(reader: reading.reader)
            references.check(procedure)
            CallCheck(procedure: procedure, signatures: signatures, reading: reading).check()
        }
        try reading.reader.finish()
        guard let procedure else {
            throw Diagnostics([Diagnostic(document.root.place, "this is no procedure")])
        }
        return procedure
    }
}
