internal import Foundation

/// What stands in `lab.json` while a lab runs: what `hagen status`, `fault` and `down` must know of it, and what is
/// needed to clean up after a `hagen up` that was killed.
package struct LabRecord: Codable, Equatable, Sendable {
    package struct Host: Codable, Equatable, Sendable {
        package var name: String
        package var address: String
        package var zone: String

        package init(name: String, address: String, zone: String) {
            self.name = name
            self.address = address
            self.zone = zone
        }
    }

    package var version: Int = 1
    package var name: String
    /// The mark that all its processes carry.
    package var identity: String
    /// Of `hagen up`.
    package var processID: Int32
    package var state: String
    package var keepsState: Bool
    package var hosts: [Host]
    package var engines: [LabEngine]

    package init(
        name: String, identity: String, processID: Int32, state: String, keepsState: Bool, hosts: [Host],
        engines: [LabEngine]
    ) {
        self.name = name
        self.identity = identity
        self.processID = processID
        self.state = state
        self.keepsState = keepsState
        self.hosts = hosts
        self.engines = engines
    }

    package func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw DeployError("cannot write '\(path)': \(error.localizedDescription)")
        }
    }

    /// `nil` where there is none, or none that this version understands.
    package init?(at path: String) {
        guard let bytes = SystemCalls.contents(of: path, limit: 4 << 20),
            let record = try? JSONDecoder().decode(LabRecord.self, from: Data(bytes)), record.version == 1
        else { return nil }
        self = record
    }

    /// Every lab of this user that runs or was left behind, sorted by name.
    package static func all(environment: [String: String]) -> [(folders: LabFolders, record: LabRecord)] {
        let base = LabFolders.runtimeBase(environment)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return names.sorted().compactMap { name in
            guard let folders = try? LabFolders(name: name, environment: environment),
                let record = LabRecord(at: folders.record)
            else { return nil }
            return (folders, record)
        }
    }

    /// The one lab that is there, or the one with that name.
    ///
    /// - Throws: `DeployError` that says how to name one where there are several.
    package static func find(
        name: String?, environment: [String: String]
    ) throws -> (folders: LabFolders, record: LabRecord) {
        let labs = all(environment: environment).filter { name == nil || $0.record.name == name }
        if labs.count == 1 { return labs[0] }
        if labs.isEmpty {
            throw DeployError(
                name.map { "no lab named '\($0)' runs" } ?? "no lab runs", advice: "Start one with 'hagen up'.")
        }
        throw DeployError(
            "several labs run: \(labs.map(\.record.name).joined(separator: ", "))",
            advice: "Say which one with '--name \(labs[0].record.name)'.")
    }
}
