/// The key that the agents of a topology share, a credential.
enum AgentKey {
    static let leastByteCount = 32

    /// - Returns: its bytes.
    /// - Throws: `EngineFailure` of kind `.configuration` that names the file and says what to do.
    static func read(_ name: String, in credentials: CredentialFolder) throws(EngineFailure) -> [UInt8] {
        do {
            let key = try credentials.value(of: name)
            guard key.count >= leastByteCount else {
                throw EngineFailure(
                    "credential '\(name)' has \(key.count) bytes, at least \(leastByteCount) are needed")
            }
            return key
        } catch {
            throw EngineFailure(
                "the agents have no key: \(error); write one key, the same on every host of the topology, to that "
                    + "credential: openssl rand -hex 32", kind: .configuration)
        }
    }
}
