/// The names that the engines, their units and the lab share.
package enum EngineEnvironment {
    /// The engine's own folder for sockets: `/run/hagen/ENGINE` on a host. Its parent holds those of the host's others.
    package static let runtimeDirectory = "RUNTIME_DIRECTORY"
    /// The engine's own folder for what must survive a restart: `/var/lib/hagen/ENGINE` on a host.
    package static let stateDirectory = "STATE_DIRECTORY"
    /// Where the values of credentials lie, one file each.
    package static let credentialsDirectory = "CREDENTIALS_DIRECTORY"
    /// The control socket's name in the runtime folder.
    package static let controlSocket = "\(controlSocketName).sock"
    /// The supervisors' sockets lie beside it, named by their clusters: no cluster may have this name.
    package static let controlSocketName = "control"
    /// Set by the lab to `TOPOLOGY/HOST` on every process that it starts, and so on their children.
    package static let labHost = "HAGEN_LAB_HOST"
    /// Set by the lab beside it to a text that was drawn at random for this run, so that two labs of one topology (in two
    /// network namespaces) never take each other's processes for their own.
    package static let labIdentity = "HAGEN_LAB_IDENTITY"
}
