/// What systemd says of a unit: `systemctl show`.
struct UnitProperties: Equatable {
    static let names = [
        "LoadState", "ActiveState", "SubState", "ControlGroup", "MainPID", "Result", "ExecMainCode", "ExecMainStatus",
        "Job",
    ]

    var values: [String: String] = [:]

    /// Reads lines `NAME=VALUE`.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
    }

    /// Nothing of it runs, and no job of systemd is about to change that.
    var isOver: Bool { ["inactive", "failed"].contains(values["ActiveState"]) && !hasJob }
    var hasJob: Bool { !["", "0", nil].contains(values["Job"]) }
    var isActive: Bool { values["ActiveState"] == "active" }
    var mainProcess: Int32? { values["MainPID"].flatMap { Int32($0) }.flatMap { $0 > 0 ? $0 : nil } }
    var controlGroup: String? { values["ControlGroup"].flatMap { $0.isEmpty ? nil : $0 } }

    /// Why it cannot be started, in words; `nil` where nothing speaks against it.
    func refusal(of unit: String) -> String? {
        switch values["LoadState"] {
        case "loaded": nil
        case "masked": "systemd may not start '\(unit)': it is masked"
        case "not-found": "there is no unit '\(unit)' on this host"
        case let state?: "systemd cannot read unit '\(unit)': its state is '\(state)'"
        case nil: "systemd says nothing of unit '\(unit)'"
        }
    }

    /// How it ended, in words.
    var ending: String {
        let result = values["Result"] ?? "success"
        let status = values["ExecMainStatus"] ?? "0"
        return switch result {
        case "success": "ended (exited with status \(status))"
        case "exit-code": "exited with status \(status)"
        case "signal", "core-dump": "was ended by signal \(status)"
        case "exec-condition": "was not started by systemd: its condition, the permit, was not met"
        case "timeout": "was ended by systemd: it took too long"
        case "oom-kill": "was ended by the kernel: memory ran out"
        default: "ended with systemd's result '\(result)'"
        }
    }
}
