package import Hagen

/// Reads a topology that was written in YAML, in one file or several.
///
/// In four steps, each of which reports all it finds: bytes become a tree (`YAMLTreeBuilder` over libyaml's events), the
/// trees of all files become one (`TopologyFiles`), that is held against the tables of the language (`ShapeChecker`),
/// and what passes becomes the model and the map of its sources (`TopologyReader`). No file and no clock is touched.
package enum YAMLFrontEnd {
    /// Reads the file of that name, and through the same loading every file that it is made of.
    ///
    /// - Returns: The topology, where there is no error.
    package static func read(
        _ name: String, limits: YAMLLimits = YAMLLimits(), loading: @escaping SourceLoading
    ) -> YAMLReading {
        var reading = readForRules(name, limits: limits, loading: loading)
        if reading.diagnostics.hasErrors { reading.topology = nil }
        return reading
    }

    /// Like `read`, but gives a topology that the rules can judge also where there are errors, so that all mistakes are
    /// found in one pass: what is broken is left out of it, and `Topology.omissions` says what that is.
    package static func readForRules(
        _ name: String, limits: YAMLLimits = YAMLLimits(), loading: @escaping SourceLoading
    ) -> YAMLReading {
        var findings = Findings(limit: limits.diagnostics)
        var files = TopologyFiles(limits: limits, load: loading)
        var topology: Topology?
        if let root = files.tree(of: name, &findings) {
            ShapeChecker.check(root, in: files.names, &findings)
            // Of what was not looked at nobody knows whether it is broken.
            if !findings.isFull { topology = TopologyReader.read(root, in: files.names, flaws: findings.flaws) }
        }
        precondition(
            topology?.omissions.isEmpty == true || findings.hasErrors,
            "a document without errors, \(name), was not read")
        return YAMLReading(
            topology: topology, diagnostics: findings.ordered, sources: files.sources, lowest: files.lowest)
    }

    /// Reads one file that is made of no others.
    ///
    /// - Returns: The topology, where there is no error; the diagnostics, in the order of every output.
    package static func read(
        _ source: Source, limits: YAMLLimits = YAMLLimits()
    ) -> (topology: Topology?, diagnostics: [Diagnostic]) {
        let reading = read(source.name, limits: limits, loading: alone(source))
        return (reading.topology, reading.diagnostics)
    }

    /// Like `readForRules` of a name, for one file that is made of no others.
    package static func readForRules(
        _ source: Source, limits: YAMLLimits = YAMLLimits()
    ) -> (topology: Topology?, diagnostics: [Diagnostic]) {
        let reading = readForRules(source.name, limits: limits, loading: alone(source))
        return (reading.topology, reading.diagnostics)
    }

    private static func alone(_ source: Source) -> SourceLoading {
        { name in name == source.name ? .success(source) : .failure(UnavailableSource("is not at hand here")) }
    }
}

/// How much a document may ask of the reader.
package struct YAMLLimits: Sendable {
    /// Of all files of a topology together.
    package var documentBytes = 16 << 20
    /// Of mappings and sequences in one another.
    package var depth = 100
    /// Scalars, mappings and sequences of all files, with every use of an alias counted as what it stands for.
    package var nodes = 1_000_000
    /// After so many diagnostics no more are looked for.
    package var diagnostics = 500
    /// Files that one topology is made of.
    package var files = 256
    /// Files that lead to one another.
    package var fileDepth = 16

    package init() {}
}
