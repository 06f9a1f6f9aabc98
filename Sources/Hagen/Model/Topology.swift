/// A topology as a team declared it: the model, and where each part of it was said.
///
/// Both front ends end here. As JSON it is what a topology package hands to `hagen`: an envelope that carries the
/// version of the model first, so that a package and a `hagen` of different versions say so.
public struct Topology: Sendable {
    public let model: Model.Topology
    public let sources: SourceMap

    package init(model: Model.Topology, sources: SourceMap) {
        self.model = model
        self.sources = sources
    }
}

extension Topology: Codable {
    /// Thrown when the JSON was written by a package that uses another version of `Hagen`.
    public struct VersionMismatch: Error, Equatable, CustomStringConvertible {
        /// The version of the model in the JSON, and the one read here.
        public let found, expected: Int

        public var description: String {
            """
            this topology was built with version \(found) of Hagen's model, and this hagen reads version \(expected): \
            let the topology's Package.swift name the version of Hagen that your hagen has ('hagen --version'), \
            or install the hagen that matches the package
            """
        }
    }

    private enum CodingKeys: CodingKey { case modelVersion, model, sources }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(Int.self, forKey: .modelVersion)
        guard version == Model.version else { throw VersionMismatch(found: version, expected: Model.version) }
        model = try container.decode(Model.Topology.self, forKey: .model)
        sources = try container.decode(SourceMap.self, forKey: .sources)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Model.version, forKey: .modelVersion)
        try container.encode(model, forKey: .model)
        try container.encode(sources, forKey: .sources)
    }
}
