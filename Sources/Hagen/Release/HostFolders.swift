/// Where things lie on a host, as far as more than one program of Hagen has to agree on it.
package enum HostFolders {
    /// The parent of the engines' runtime folders.
    package static let runtime = "/run/hagen"
    /// The parent of the engines' folders for what must survive a restart.
    package static let state = "/var/lib/hagen"

    /// Where systemd gives the engine `EngineEnvironment.runtimeDirectory`.
    package static func runtime(of engine: Engine) -> String { "\(runtime)/\(engine.rawValue)" }
}
