import Testing

@testable import HagenRuntime

/// Goal: agents start with the key that was written for them, or say which file is wrong and what to do.
@Suite struct AgentKeyTests {
    @Test func aKeyIsReadOrItsFaultIsSaid() throws {
        let directory = try TemporaryDirectory()
        let good = String(repeating: "a", count: AgentKey.leastByteCount)
        _ = try directory.file("good", good + "\n")
        _ = try directory.file("short", String(good.dropLast()) + "\n")
        let credentials = CredentialFolder(directory.path)
        #expect(try AgentKey.read("good", in: credentials) == Array(good.utf8))
        for (name, words) in [("short", "credential 'short' has 31 bytes"), ("none", "\(directory.path)/none")] {
            let failure = #expect(throws: EngineFailure.self) { try AgentKey.read(name, in: credentials) }
            #expect(failure?.kind == .configuration)
            #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
            #expect(failure?.description.hasSuffix("openssl rand -hex 32") == true)
        }
    }
}
