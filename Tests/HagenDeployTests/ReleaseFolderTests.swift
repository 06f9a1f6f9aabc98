import Foundation
import Hagen
import Testing

@testable import HagenDeploy

/// A release is written as a whole or not at all, and never over anything else.
@Suite struct ReleaseFolderTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private static func files(_ text: String) -> [OutputFile] {
        [OutputFile(path: "hosts/a/x.json", contents: text), OutputFile(path: "release.json", contents: text)]
    }

    @Test func aReleaseTakesThePlaceOfAnOlderOne() throws {
        let release = ReleaseFolder(path: folder.path + "/out")
        try release.write(Self.files("old") + [OutputFile(path: "gone.txt", contents: "")])
        try release.write(Self.files("new"))
        #expect(folder.text(of: "out/hosts/a/x.json") == "new")
        #expect(!folder.exists("out/gone.txt"), "what the new release lacks is gone")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == ["out"], "nothing is left beside it")
    }

    @Test func anEmptyFolderIsFilled() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/out", withIntermediateDirectories: false)
        try ReleaseFolder(path: folder.path + "/out").write(Self.files("new"))
        #expect(folder.text(of: "out/release.json") == "new")
    }

    @Test func aFolderThatIsNoReleaseIsLeftAlone() throws {
        try folder.write("precious", to: "out/thesis.txt")
        let error = #expect(throws: DeployError.self) {
            try ReleaseFolder(path: folder.path + "/out").write(Self.files("new"))
        }
        #expect(error?.message.contains("holds something that is not a release") == true)
        #expect(folder.text(of: "out/thesis.txt") == "precious")
        #expect(!folder.exists("out/release.json"))
    }

    @Test func aFileIsNotAFolder() throws {
        try folder.write("precious", to: "out")
        #expect(throws: DeployError.self) { try ReleaseFolder(path: folder.path + "/out").write(Self.files("new")) }
        #expect(folder.text(of: "out") == "precious")
    }
}
