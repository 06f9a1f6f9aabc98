internal import Hagen
internal import HagenEngine

/// What must be well on this host besides the member itself.
extension FailoverEngine {
    /// A member whose gate closes is handed over this much later at most; a look costs some tens of microseconds.
    static let gateInterval = WorstCaseTimes.gateInterval

    /// Until it is cancelled.
    func watchGates() async {
        while !Task.isCancelled {
            lookAtGates()
            try? await Task.sleep(for: Self.gateInterval)
        }
    }

    private func lookAtGates() {
        var ports: ListeningPorts?
        for index in members.indices {
            guard let gate = members[index].cluster.gate else { continue }
            let problem: String?
            switch gate {
            case .member(let cluster):
                guard isKnown(memberIn: cluster) else { continue }
                problem = self.problem(ofMemberIn: cluster)
            case .listener(let address):
                let table = ports ?? ListeningPorts.read()
                ports = table
                problem = table.contain(address) ? nil : "nothing listens at \(address) on this host"
            }
            guard members[index].lookedAtGate != .some(problem) else { continue }
            members[index].lookedAtGate = .some(problem)
            inbox(.gate(index, problem: problem))
        }
    }

    /// Not so while an agent that was started again has not heard of the workload, or of the lease that it runs under.
    private func isKnown(memberIn cluster: String) -> Bool {
        guard let index = memberByName[cluster] else { return true }
        return members[index].machine.leased?.isSettled ?? (members[index].machine.workload != nil)
    }

    private func problem(ofMemberIn cluster: String) -> String? {
        guard let index = memberByName[cluster] else { return "this host has no member of cluster '\(cluster)'" }
        let machine = members[index].machine
        if let leased = machine.leased, !leased.isActive { return "its member of cluster '\(cluster)' is not active" }
        return machine.workload?.state == .running ? nil : "its workload of cluster '\(cluster)' does not run"
    }

    func gateSeen(_ problem: String?, of index: Int, at now: Instant) -> [FailoverJob] {
        let member = members[index]
        note(
            .gate, problem.map { "its gate is closed: \($0)" } ?? "its gate is open", cluster: member.cluster.name,
            epoch: member.machine.leased?.epoch ?? 0)
        return perform(members[index].machine.lease { $0.gateChanged(problem, at: now) }, of: index, at: now)
    }
}
