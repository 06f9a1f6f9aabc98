internal import Hagen
internal import HagenEngine
internal import Logging

/// Runs the commands that a topology has for changes of role. What they do is never waited for by a failover, and a failing
/// one is no more than a record in the log.
extension FailoverEngine {
    /// Lines of a hook's output that the log keeps.
    private static let shownLines = 20

    /// Looks for changes of role since the last time.
    func noticeRoles(at now: Instant) -> [FailoverJob] {
        var jobs: [FailoverJob] = []
        for index in members.indices where !members[index].cluster.hooks.isEmpty {
            guard let acting = members[index].acting else { continue }
            let epoch: UInt64? = if case .active(let epoch) = acting { epoch } else { nil }
            let isNoted = members[index].hooks.noticed(
                activeEpoch: epoch, reason: members[index].machine.reason(at: now))
            if !isNoted {
                let words = "too many hooks wait: those of a change of role are not run"
                logger.error("\(words)", metadata: ["cluster": "\(members[index].cluster.name)"])
                note(.hookFailed, words, cluster: members[index].cluster.name, epoch: epoch ?? 0)
            }
            if let job = nextHook(of: index) { jobs.append(job) }
        }
        return jobs
    }

    func hooksEnded(of index: Int) -> [FailoverJob] {
        members[index].hooks.ended()
        return nextHook(of: index).map { [$0] } ?? []
    }

    private func nextHook(of index: Int) -> FailoverJob? {
        guard let call = members[index].hooks.next() else { return nil }
        let (inbox, logger, file) = (inbox, logger, members[index].hookFile)
        let cluster = members[index].cluster.name
        var environment = WorkloadEnvironment.ofHook(inherited: environment)
        environment["HAGEN_CLUSTER"] = cluster
        environment["HAGEN_HOST"] = configuration.host
        environment["HAGEN_ROLE"] = (call.change.event == .activated ? MemberRole.active : .standby).rawValue
        environment["HAGEN_EPOCH"] = String(call.change.epoch)
        environment["HAGEN_REASON"] = call.reason
        let metadata: Logger.Metadata = [
            "cluster": "\(cluster)", "epoch": "\(call.change.epoch)", "hook": "\(call.change.event.rawValue)",
        ]
        let events = events
        let failed: @Sendable (String) -> Void = { words in
            logger.error("\(words)", metadata: metadata)
            events.add(.hookFailed, cluster: cluster, epoch: call.change.epoch, words: words)
        }
        return FailoverJob { [environment] in
            do {
                try await file.write(call.change)
            } catch {
                logger.warning("its hooks may run twice: \(error)", metadata: metadata)
            }
            for hook in call.hooks where !Task.isCancelled {
                let name = hook.command.first ?? ""
                do {
                    let outcome = try await BoundedCommand.run(
                        hook.command, environment: environment, timeout: hook.timeout)
                    for line in outcome.output.split(separator: "\n").prefix(Self.shownLines) {
                        logger.info("\(name): \(line)", metadata: metadata)
                    }
                    if outcome.exitCode == 0 {
                        logger.info("ran the hook '\(name)'", metadata: metadata)
                    } else {
                        failed("the hook '\(name)' failed: it \(outcome.ending)")
                    }
                } catch {
                    failed("the hook '\(name)' could not be run: \(error)")
                }
            }
            inbox(.hooksEnded(index))
        }
    }
}

extension FailoverMember {
    enum Acting: Equatable {
        case active(epoch: UInt64)
        case not
    }

    /// What the member is to the outside; `nil` while that changes: it starts, stops, or is being adopted.
    var acting: Acting? {
        guard let workload = machine.workload else { return nil }
        let isRunning = workload.state == .running && startOrdered <= workload.run
        guard let leased = machine.leased else {
            if isRunning { return .active(epoch: 0) }
            return workload.state == .idle && isFinished ? .not : nil
        }
        if leased.isActive { return isRunning && workload.role == .active ? .active(epoch: leased.epoch) : nil }
        let isHotStandby = workload.state == .running && workload.role == .standby
        return workload.state == .idle || isHotStandby ? .not : nil
    }
}
