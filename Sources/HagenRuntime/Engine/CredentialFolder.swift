internal import Hagen

/// The folder in which an engine finds the values of credentials, one file each.
struct CredentialFolder: Sendable {
    /// Of a value.
    static let maximumByteCount = 8192
    /// `nil` where the engine was given none.
    let path: String?

    init(_ path: String?) { self.path = path }

    /// Where the value lies.
    ///
    /// - Throws: in words, where there is no folder, or the name would lead out of it.
    func path(of name: String) throws(EngineFailure) -> String {
        guard !name.isEmpty, name != ".", name != "..",
            !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") })
        else { throw EngineFailure("'\(name)' is no name of a credential", kind: .configuration) }
        guard let path else {
            throw EngineFailure(
                "credential '\(name)' is not there: \(EngineEnvironment.credentialsDirectory) is not set",
                kind: .configuration)
        }
        return "\(path)/\(name)"
    }

    /// The value, without the ends of lines after it.
    ///
    /// - Throws: in words, and never with anything of the value.
    func value(of name: String) throws(EngineFailure) -> [UInt8] {
        let path = try path(of: name)
        var value: [UInt8]
        do {
            guard let bytes = try SmallFile.bytes(at: path, limit: Self.maximumByteCount) else {
                throw EngineFailure("there is no file '\(path)'")
            }
            value = bytes
        } catch {
            throw EngineFailure("credential '\(name)' is not there: \(error)", kind: .configuration)
        }
        while let last = value.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { value.removeLast() }
        return value
    }
}
