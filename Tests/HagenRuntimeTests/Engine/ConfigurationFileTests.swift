import Hagen
import HagenRuntime
import Testing

/// Goal: whatever is wrong with a configuration file, the engine says where and what, and never crashes.
@Suite struct ConfigurationFileTests {
    static let fine = """
        {"schemaVersion": 1, "topology": "shop", "host": "a1", "listen": "127.0.0.1:2379"}
        """

    @Test func aFineFileIsRead() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("coordinator.json", Self.fine)
        let configuration = try ConfigurationFile.read(CoordinatorConfiguration.self, at: path)
        #expect(configuration.topology == "shop")
        #expect(configuration.listen.port == 2379)
    }

    @Test(arguments: [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("\u{0}\u{1}", "is not JSON"),
        ("[]", "the document is not of the expected type"),
        (#"{"topology": "shop"}"#, "the key 'schemaVersion' is missing"),
        (#"{"schemaVersion": 2}"#, "schema version 2, but this hagend reads version 1"),
        (#"{"schemaVersion": 1, "topology": "shop", "host": "a1"}"#, "the key 'listen' is missing"),
        (
            #"{"schemaVersion": 1, "topology": "shop", "host": 3, "listen": "127.0.0.1:1"}"#,
            "host is not of the expected type"
        ),
        (
            #"{"schemaVersion": 1, "topology": "shop", "host": "a", "listen": "nowhere"}"#,
            "listen is wrong: 'nowhere' is not ADDRESS:PORT"
        ),
        (
            #"{"schemaVersion": 1, "topology": "shop", "host": "a", "listen": "127.0.0.1:1", "b": 1, "a": {}}"#,
            "unknown keys a, b"
        ),
    ])
    func aWrongDocumentIsRefusedInWords(text: String, expected: String) {
        let failure = #expect(throws: EngineFailure.self) {
            try ConfigurationFile.decode(CoordinatorConfiguration.self, from: Array(text.utf8), path: "c.json")
        }
        #expect(failure?.kind == .configuration)
        #expect(failure?.exitCode == 78)
        #expect(failure?.description.hasPrefix("c.json: ") == true)
        #expect(failure?.description.contains(expected) == true, "\(failure?.description ?? "")")
    }

    @Test func anUnknownKeyIsNamedByItsPath() {
        let text = """
            {"schemaVersion": 1, "topology": "t", "host": "a", "clusters": [{"name": "web", "mode": "load-balancing",
             "address": "127.0.0.1", "addresses": [], "fencing": [], "hooks": [], "members": [{"host": "a", "priority": 1, "candidate": true, "colour": 1}],
             "workload": {"kind": {"process": {"_0": {"command": ["x"], "environment": {"ANY": "thing"}}}},
             "standby": "cold", "restartLimit": 0, "restartWindow": "1m", "stopTimeout": "5s"}}]}
            """
        let failure = #expect(throws: EngineFailure.self) {
            try ConfigurationFile.decode(FailoverConfiguration.self, from: Array(text.utf8), path: "f.json")
        }
        #expect(failure?.description == "f.json: unknown key clusters[0].members[0].colour")
    }

    @Test func aMissingFileAFolderAndAHugeFileAreRefused() throws {
        let directory = try TemporaryDirectory()
        let huge = try directory.file("huge", String(repeating: " ", count: ConfigurationFile.maximumByteCount + 1))
        for (path, expected) in [
            (directory.path + "/none", "No such file"), (directory.path, "is not a file"), (huge, "at most"),
        ] {
            let failure = #expect(throws: EngineFailure.self) {
                try ConfigurationFile.read(CoordinatorConfiguration.self, at: path)
            }
            #expect(failure?.description.contains(expected) == true, "\(failure?.description ?? "")")
        }
    }
}
