import Certificates

extension AuthorityFaults {
    /// Reads a file of certificates that the inventory names.
    ///
    /// - Throws: ``Fault`` with the authority and the file.
    func certificates(in path: String) throws -> [Certificate] {
        do {
            return try CertificateBundle.read(FileBytes.read(path))
        } catch let error as FileError {
            throw fault("unreadable", "\(error)")
        } catch {
            throw fault("unreadable", "\(path): \(error)")
        }
    }
}
