internal import FoundationEssentials
package import Hagen

/// `hosts/HOST/etc/hagen/ENGINE.json`: one file for each engine that runs on a host. The store of the lab, which
/// belongs to no host, has its own in `coordinator/etc/hagen`.
package enum EngineConfigurationEmitter {
    package static func files(_ release: Release) -> [OutputFile] {
        var files = release.hosts.flatMap { host in
            [
                host.coordinator.map { file($0, in: "hosts/\(host.name)") },
                host.failover.map { file($0, in: "hosts/\(host.name)") },
                host.balancer.map { file($0, in: "hosts/\(host.name)") },
                host.monitor.map { file($0, in: "hosts/\(host.name)") },
            ].compactMap(\.self)
        }
        if let coordinator = release.coordinator { files.append(file(coordinator, in: "coordinator")) }
        return files
    }

    private static func file(_ configuration: some EngineConfiguration, in folder: String) -> OutputFile {
        let engine = type(of: configuration).engine.rawValue
        return OutputFile(path: "\(folder)/etc/hagen/\(engine).json", contents: StableJSON.text(configuration))
    }
}

/// JSON that is the same for the same value: keys are sorted.
package enum StableJSON {
    /// For people and for comparison: indented, with a final newline.
    package static func text(_ value: some Encodable) -> String { encoded(value, [.prettyPrinted]) + "\n" }

    /// In one line, without a newline.
    package static func line(_ value: some Encodable) -> String { encoded(value, []) }

    private static func encoded(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            preconditionFailure("a value of type \(type(of: value)) could not be encoded as JSON: \(error)")
        }
    }
}
