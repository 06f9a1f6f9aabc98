package import Hagen

/// Gives the front end a file, by the name that diagnostics show: that of the topology, or one that stands in `include:`
/// or `base:`, taken relative to the folder of the file that says it.
///
/// Which files may be read is for who loads them to say; the front end asks for no absolute path unless the topology's
/// own name is one.
package typealias SourceLoading = (_ name: String) -> Result<Source, UnavailableSource>

/// Why a file cannot be read.
package struct UnavailableSource: Error, Equatable, Sendable {
    /// The end of a sentence that begins with the file: `is not there`, `is a folder`.
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// What the front end has read.
package struct YAMLReading: Sendable {
    package var topology: Topology?
    /// In the order of every output.
    package var diagnostics: [Diagnostic]
    /// Every file that was read, in the order in which they were asked for: the topology's own, then what it is made of.
    package var sources: [Source]
    /// The file below all overlays: where it lies, the topology's programs lie too.
    package var lowest: String
}
