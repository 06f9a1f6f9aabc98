import Foundation
import Testing

@testable import HagenDeploy

/// A path means a topology in YAML or one in Swift; where it means neither or both, words say what to do.
@Suite struct TopologyLocationTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test func aFolderWithEitherOfThem() throws {
        try folder.write("", to: "yaml/topology.yaml")
        try folder.write("", to: "swift/Package.swift")
        let root = folder.path
        #expect(
            try TopologyLocation(path: root + "/yaml")
                == .yaml(file: root + "/yaml/topology.yaml", folder: root + "/yaml"))
        #expect(try TopologyLocation(path: root + "/swift/") == .package(folder: root + "/swift"))
    }

    @Test func aFileByItsName() throws {
        try folder.write("", to: "both/topology.yaml")
        try folder.write("", to: "both/Package.swift")
        try folder.write("", to: "other.yml")
        let root = folder.path
        #expect(try TopologyLocation(path: root + "/both/Package.swift") == .package(folder: root + "/both"))
        #expect(try TopologyLocation(path: root + "/other.yml") == .yaml(file: root + "/other.yml", folder: root))
    }

    @Test(arguments: [
        ("both", "has both a topology.yaml and a Package.swift"),
        ("empty", "neither a topology.yaml nor a Package.swift"),
        ("text.txt", "is not a topology"), ("nothing", "there is no"),
    ])
    func whatIsNoTopology(name: String, words: String) throws {
        try folder.write("", to: "both/topology.yaml")
        try folder.write("", to: "both/Package.swift")
        try folder.write("", to: "empty/.keep")
        try folder.write("", to: "text.txt")
        let error = #expect(throws: DeployError.self) { try TopologyLocation(path: folder.path + "/" + name) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.advice.isEmpty == false)
    }
}
