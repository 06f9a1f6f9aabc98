internal import Foundation
internal import HagenDeploy

/// Where a topology in Swift finds the package of Hagen.
struct HagenPackage {
    /// As it stands in a manifest.
    let dependency: String
    /// What products name the package by.
    let identity: String

    /// A folder, or the URL of a repository.
    init(_ location: String) throws {
        let isURL = location.contains("://") || location.hasPrefix("git@")
        let place = isURL ? location : URL(fileURLWithPath: location).standardizedFileURL.path
        if !isURL, !FileManager.default.fileExists(atPath: place + "/Package.swift") {
            throw DeployError("there is no Package.swift in '\(place)'")
        }
        var last = place.split(separator: "/").last.map(String.init) ?? place
        if isURL, last.hasSuffix(".git") { last.removeLast(4) }
        identity = last.lowercased()
        let quoted = place.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        dependency =
            isURL
            ? ".package(url: \"\(quoted)\", branch: \"main\", traits: [])" : ".package(path: \"\(quoted)\", traits: [])"
    }

    /// The package that this `hagen` was built in; `nil` where it was installed.
    static func own() throws -> HagenPackage? {
        var folder = URL(fileURLWithPath: try Executables.own()).deletingLastPathComponent()
        while folder.path != "/" {
            if folder.lastPathComponent == ".build" {
                return try? HagenPackage(folder.deletingLastPathComponent().path)
            }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
