package import Hagen

/// Turns a release into files: one emitter for each kind, none of which chooses anything.
package enum Emitters {
    /// Every file of the release, sorted by path; the same release always gives the same bytes.
    package static func files(for release: Release) -> [OutputFile] {
        let files =
            [ReadmeEmitter.file(release), GraphEmitter.file(release)] + EngineConfigurationEmitter.files(release)
            + EtcdEmitter.files(release)
            + SystemdUnitEmitter.files(release) + SystemUsersEmitter.files(release)
            + TemporaryFilesEmitter.files(release)
            + [
                PrometheusEmitter.file(release), PrometheusRulesEmitter.file(release),
                AlertmanagerEmitter.file(release),
            ]
            + GrafanaEmitter.files(release)
        let manifest = ReleaseManifestEmitter.file(release, others: files)
        return (files + [manifest]).sorted { $0.path < $1.path }
    }
}
