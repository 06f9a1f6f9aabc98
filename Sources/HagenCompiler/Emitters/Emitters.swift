package import Hagen

/// Turns a release into files: one emitter for each kind, none of which chooses anything.
package enum Emitters {
    /// Every file of the release, sorted by path; the same release always gives the same bytes.
    package static func files(for release: Release) -> [OutputFile] {
        let files = EngineConfigurationEmitter.files(release)
        return files.sorted { $0.path < $1.path }
    }
}
