internal import Hagen

/// Orders can be lost with a connection. Every report of the supervisor is the whole truth, so each is compared with what
/// the phase demands, and what is missing is ordered again. A supervisor obeys each of these orders any number of times.
extension LeasedMember {
    /// - Parameter report: of the run that was ordered last.
    mutating func missing(from report: SupervisorReport) -> [MemberDirective] {
        guard report.state == .running, report.run == run, isAlive else { return [] }
        switch phase {
        case .active(let holding):
            if failure != nil { return [.kill(run: run)] }
            let permit = Permit(epoch: holding.epoch, deadline: holding.deadline)
            if report.role == .standby { return [.promote(run: run, permit: permit)] }
            guard let known = report.permit, known.epoch == permit.epoch, known.deadline < permit.deadline else {
                return []
            }
            return [.extend(run: run, permit: permit)]
        case .clearing(let clearing): return [clearing.isKilled ? .kill(run: run) : .stop(run: run)]
        case .watching where settings.standby == .cold || report.role == .active:
            phase = .clearing(Clearing(holding: nil, isKilled: true))
            return [decided("its workload runs without the lease", epoch: epoch, as: .workloadKilled), .kill(run: run)]
        case .detached, .adopting, .watching, .securing, .releasing, .finished: return []
        }
    }
}
