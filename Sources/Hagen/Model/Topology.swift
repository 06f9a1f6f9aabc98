/// A topology as a team declared it: the model, and where each part of it was said.
///
/// Both front ends end here. As JSON it is what a topology package hands to `hagen`: an envelope that carries the
/// version of the model first, so that a package and a `hagen` of different versions say so.
public struct Topology: Sendable {
    public let model: Model.Topology
    /// Where each part of the model was said.
    public let sources: SourceMap

    /// What the braces of its declarations cannot mean; a topology with any is never handed over, so they are not
    /// encoded.
    package let mistakes: [DeclarationMistake]

    /// What is broken, and therefore not in the model; not encoded either, because only a whole topology is handed over.
    package let omissions: Omissions

    package init(
        model: Model.Topology, sources: SourceMap, mistakes: [DeclarationMistake] = [],
        omissions: Omissions = Omissions()
    ) {
        self.model = model
        self.sources = sources
        self.mistakes = mistakes
        self.omissions = omissions
    }

    /// The same with every source file below the folder named relative to it, so that no path of one machine leaves it.
    package func relative(to folder: String?) -> Topology {
        guard let folder, !folder.isEmpty else { return self }
        return Topology(
            model: model, sources: SourceMap(sources.spans.mapValues { $0.relative(to: folder) }),
            mistakes: mistakes.map { DeclarationMistake(span: $0.span.relative(to: folder), message: $0.message) },
            omissions: omissions)
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
        mistakes = []
        omissions = Omissions()
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Model.version, forKey: .modelVersion)
        try container.encode(model, forKey: .model)
        try container.encode(sources, forKey: .sources)
    }
}
