internal import Glibc

/// The control groups of one agent, below the one that systemd left to its unit (`Delegate=yes`): `agent` for itself,
/// `supervisors`, and `workloads/NAME` for what each cluster's workload runs.
///
/// A workload is killed with its group, and neither its supervisor nor the agent is in it. No controller is switched on for any of
/// them: systemd puts a restarted agent into the unit's own group, which the kernel would refuse then.
struct AgentGroups: Equatable, Sendable {
    /// The name of the group that was delegated.
    let name: String
    let root: ControlGroup

    /// Makes the groups and moves this process into its own.
    ///
    /// - Returns: `nil` where no group was delegated to this process.
    /// - Throws: where one was, and it cannot be used.
    static func enter() throws(EngineFailure) -> AgentGroups? {
        guard let groups = delegated else { return nil }
        try groups.root.child("workloads").create()
        try groups.supervisors.create()
        let own = groups.root.child("agent")
        try own.create()
        try own.join()
        return groups
    }

    func workload(of cluster: String) -> ControlGroup { root.child("workloads").child(cluster) }
    var supervisors: ControlGroup { root.child("supervisors") }

    /// The group of this process, or the nearest above it, that was delegated.
    private static var delegated: AgentGroups? {
        guard let hierarchy = ControlGroupHierarchy.current, var name = hierarchy.group(of: getpid()) else {
            return nil
        }
        while true {
            let group = hierarchy.group(named: name)
            if group.isDelegated { return AgentGroups(name: name, root: group) }
            guard let end = name.lastIndex(of: "/"), end > name.startIndex else { return nil }
            name = String(name[..<end])
        }
    }
}
