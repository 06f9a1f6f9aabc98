package import Hagen

/// Reads a topology that was written in YAML.
///
/// In three steps, each of which reports all it finds: bytes become a tree (`YAMLTreeBuilder` over libyaml's events),
/// the tree is held against the tables of the language (`ShapeChecker`), and a tree that passes becomes the model and
/// the map of its sources (`TopologyReader`). No file and no clock is touched.
package enum YAMLFrontEnd {
    /// - Returns: The topology, where there is no error; the diagnostics, in the order of every output.
    package static func read(
        _ source: Source, limits: YAMLLimits = YAMLLimits()
    ) -> (topology: Topology?, diagnostics: [Diagnostic]) {
        let (topology, diagnostics) = readForRules(source, limits: limits)
        return (diagnostics.hasErrors ? nil : topology, diagnostics)
    }

    /// Like `read`, but gives a topology that the rules can judge also where the only errors are keys that mean
    /// nothing, or nothing yet: without them the rest stands as it was written, and all mistakes are found in one pass.
    /// Where a part is broken there is none, because what the rules would say of it is of no use to anybody.
    package static func readForRules(
        _ source: Source, limits: YAMLLimits = YAMLLimits()
    ) -> (topology: Topology?, diagnostics: [Diagnostic]) {
        var findings = Findings(source, limit: limits.diagnostics)
        guard TextInspection.passes(source, limits, &findings),
            let root = YAMLTreeBuilder.tree(of: source, limits: limits, &findings)
        else { return (nil, findings.ordered) }
        ShapeChecker.check(root, of: source, &findings)
        guard !findings.breakTheModel else { return (nil, findings.ordered) }
        let topology = TopologyReader.read(root, file: source.name)
        // A key without a meaning can stand in the place of one that is needed: then there is no topology.
        precondition(
            topology != nil || findings.hasErrors, "a document without errors in \(source.name) gave no topology")
        return (topology, findings.ordered)
    }
}

/// How much a document may ask of the reader.
package struct YAMLLimits: Sendable {
    package var documentBytes = 16 << 20
    /// Of mappings and sequences in one another.
    package var depth = 100
    /// Scalars, mappings and sequences, with every use of an alias counted as what it stands for.
    package var nodes = 1_000_000
    /// After so many diagnostics no more are looked for.
    package var diagnostics = 500

    package init() {}
}
