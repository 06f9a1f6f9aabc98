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
