/// Where things lie on a host, as far as more than one program of Hagen has to agree on it.
package enum HostFolders {
    /// The parent of the engines' runtime folders.
    package static let runtime = "/run/hagen"
    /// The parent of the engines' folders for what must survive a restart.
    package static let state = "/var/lib/hagen"

    /// Where systemd gives the engine `EngineEnvironment.runtimeDirectory`.
    package static func runtime(of engine: Engine) -> String { "\(runtime)/\(engine.rawValue)" }
}

/// What lies beside each supervisor, in the failover agent's runtime folder.
package enum SupervisorFiles {
    /// Of the supervisors alone, so that no cluster's name can take the place of one of the agent's own sockets.
    package static func folder(in runtimeFolder: String) -> String { "\(runtimeFolder)/supervise" }

    /// By this socket the supervisor is reached, and beside it lies what else is its own.
    package static func socket(of cluster: String, in runtimeFolder: String) -> String {
        "\(folder(in: runtimeFolder))/\(cluster).sock"
    }

    /// What a systemd unit is told when it is started (`EnvironmentFile=`).
    package static func environment(besides socket: String) -> String { "\(socket).environment" }
}
