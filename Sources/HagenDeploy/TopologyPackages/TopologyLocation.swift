internal import Foundation

/// What a path on the command line means: a topology in YAML, or a package that declares one in Swift.
package enum TopologyLocation: Equatable, Sendable {
    /// The file's path, and the folder that it lies in.
    case yaml(file: String, folder: String)
    case package(folder: String)

    package var folder: String {
        switch self {
        case .yaml(_, let folder), .package(let folder): folder
        }
    }

    /// Reads a path: a YAML file, a Package.swift, or a folder that holds one of them.
    ///
    /// - Throws: `DeployError` when there is nothing of the kind, or both in one folder.
    package init(path: String) throws {
        let path = URL(fileURLWithPath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DeployError(
                "there is no '\(path)'",
                advice: "Name a YAML file, or a folder with a topology.yaml or a Package.swift; 'hagen init' makes one."
            )
        }
        guard !isFolder.boolValue else {
            self = try Self.inFolder(path)
            return
        }
        let folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        if name == "Package.swift" {
            self = .package(folder: folder)
        } else if [".yaml", ".yml"].contains(where: name.hasSuffix) {
            self = .yaml(file: path, folder: folder)
        } else {
            throw DeployError(
                "'\(path)' is not a topology",
                advice: "Name a file that ends in .yaml or .yml, or a folder with a topology.yaml or a Package.swift.")
        }
    }

    private static func inFolder(_ folder: String) throws -> Self {
        let yaml = folder + "/topology.yaml"
        let hasYAML = FileManager.default.fileExists(atPath: yaml)
        let hasPackage = FileManager.default.fileExists(atPath: folder + "/Package.swift")
        switch (hasYAML, hasPackage) {
        case (true, true):
            throw DeployError(
                "'\(folder)' has both a topology.yaml and a Package.swift",
                advice: "Say which one: '\(yaml)' or '\(folder)/Package.swift'.")
        case (true, false): return .yaml(file: yaml, folder: folder)
        case (false, true): return .package(folder: folder)
        case (false, false):
            throw DeployError(
                "'\(folder)' has neither a topology.yaml nor a Package.swift",
                advice: "Name the YAML file, or start with 'hagen init \(folder)'.")
        }
    }
}
