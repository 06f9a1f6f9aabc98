import Foundation
import Testing

@testable import HagenRuntime

/// Goal: small files are read whole or not at all and replaced at once, and no credential's name leads out of its folder.
@Suite struct SmallFilesTests {
    private let directory: TemporaryDirectory
    init() throws { directory = try TemporaryDirectory() }

    @Test func aFileIsReadWholeOrNotAtAll() throws {
        let path = try directory.file("ten", "0123456789")
        #expect(try SmallFile.bytes(at: path, limit: 10) == Array("0123456789".utf8))
        let tooLong = #expect(throws: EngineFailure.self) { try SmallFile.bytes(at: path, limit: 9) }
        #expect(tooLong?.description == "'\(path)' has more than 9 bytes")
        #expect(try SmallFile.bytes(at: directory.path + "/none") == nil)
        #expect(throws: EngineFailure.self) { try SmallFile.bytes(at: directory.path) }
        #expect(SmallFile.text(at: path, limit: 9) == nil)
    }

    /// Whatever the mask is and whatever an earlier attempt left; a link in the place of what is new is not followed.
    @Test(arguments: [false, true]) func aFileIsReplacedAtOnce(isDurable: Bool) throws {
        let path = try directory.file("file", "old")
        _ = try directory.file("file.new", "left behind, and longer than what comes")
        try ReplacedFile.write(Array("new".utf8), to: path, mode: 0o644, isDurable: isDurable)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["file"])
        let elsewhere = try directory.file("elsewhere", "mine")
        try FileManager.default.createSymbolicLink(atPath: path + ".new", withDestinationPath: elsewhere)
        #expect(throws: EngineFailure.self) { try ReplacedFile.write([], to: path, isDurable: isDurable) }
        #expect(try String(contentsOfFile: elsewhere, encoding: .utf8) == "mine")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(throws: EngineFailure.self) {
            try ReplacedFile.write([], to: directory.path + "/none/file", isDurable: isDurable)
        }
    }

    @Test func credentialsStayInTheirFolder() throws {
        _ = try directory.file("key", "secret\r\n")
        _ = try directory.file("long", String(repeating: "x", count: CredentialFolder.maximumByteCount + 1))
        let folder = CredentialFolder(directory.path)
        #expect(try folder.value(of: "key") == Array("secret".utf8))
        for name in ["", ".", "..", "../key", "a/b", "key\0"] {
            let failure = #expect(throws: EngineFailure.self) { try folder.value(of: name) }
            #expect(failure?.description == "'\(name)' is no name of a credential")
            #expect(failure?.kind == .configuration)
        }
        for (credentials, name, words) in [
            (folder, "none", "there is no file '\(directory.path)/none'"), (folder, "long", "has more than"),
            (CredentialFolder(nil), "key", "CREDENTIALS_DIRECTORY is not set"),
        ] {
            let failure = #expect(throws: EngineFailure.self) { try credentials.value(of: name) }
            #expect(failure?.description.hasPrefix("credential '\(name)' is not there: ") == true)
            #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
        }
    }
}
