/// What systemd is asked or told about a unit, by `systemctl`. None of it waits for systemd's jobs.
enum UnitCommand: String {
    case look, start, stop, kill

    func words(for unit: String) -> [String] {
        let words: [String] =
            switch self {
            case .look: ["show", "--property=\(UnitProperties.names.joined(separator: ","))"]
            case .start: ["start", "--no-block"]
            case .stop: ["stop", "--no-block"]
            case .kill: ["kill", "--signal=SIGKILL"]
            }
        return ["systemctl", "--no-pager", "--no-ask-password"] + words + ["--", unit]
    }

    /// What `systemctl` needs of an environment.
    static func environment(_ inherited: [String: String]) -> [String: String] {
        var environment = inherited.filter { ["PATH", "XDG_RUNTIME_DIR", "HOME"].contains($0.key) }
        environment["LC_ALL"] = "C"
        return environment
    }
}
