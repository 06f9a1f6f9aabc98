internal import Hagen
internal import HagenEngine
internal import Logging
internal import NIOCore

/// Tells the machines what happened.
extension FailoverEngine {
    func supervisorSaid(_ news: SupervisorLink.News, of index: Int, at now: Instant) -> [FailoverJob] {
        let metadata: Logger.Metadata = ["cluster": "\(members[index].cluster.name)"]
        switch news {
        case .connected(let channel, let isNew):
            members[index].channel = channel
            members[index].answer = nil
            members[index].isReplaced = isNew && members[index].machine.workload != nil
            send(.settle(run: members[index].machine.run), to: index)
            return []
        case .disconnected:
            members[index].channel = nil
            members[index].answer = nil
            if !members[index].isFinished {
                logger.warning("lost its supervisor", metadata: metadata)
                note(.supervisorLost, "lost its supervisor", cluster: members[index].cluster.name)
            }
            return perform(members[index].machine.supervisorLost(at: now), of: index, at: now)
        case .replied(let reply):
            members[index].answered(reply.number, at: now)
            if let refusal = reply.refusal { logger.warning("the supervisor: \(refusal)", metadata: metadata) }
            for words in (reply.notes ?? []) where !members[index].notes.contains(words) {
                logger.warning("the supervisor: \(words)", metadata: metadata)
                let isDuplicate = reply.claims?.contains(words) ?? false
                note(isDuplicate ? .addressDuplicate : .noted, words, cluster: members[index].cluster.name)
            }
            members[index].notes = reply.notes ?? []
            if reply.report.state == .idle, (reply.revision ?? 1) < SupervisorProtocol.revision {
                // It may not know what it would be asked to start.
                if members[index].endingOfOutdated == nil {
                    members[index].endingOfOutdated = reply.report.ending ?? "ended"
                    logger.info("replaces its supervisor, which is of an earlier release", metadata: metadata)
                    send(.leave, to: index)
                }
                return []
            }
            var report = reply.report
            let ending = members[index].endingOfOutdated
            members[index].endingOfOutdated = nil
            if members[index].isReplaced {
                members[index].isReplaced = false
                report.ending = ending ?? "was lost with its supervisor"
            }
            return perform(members[index].machine.supervisorReported(report, at: now), of: index, at: now)
        }
    }

    func storeChanged(_ news: StoreFeed.News, at now: Instant) -> [FailoverJob] {
        var work = FailoverWork()
        switch news {
        case .read(let snapshot, let floors):
            storeIsReachable(nil)
            for index in members.indices {
                guard let key = members[index].key else { continue }
                let record = snapshot.records.first { $0.key == key }
                let value = LeaseValue(record?.value, revision: record?.revision ?? 0)
                members[index].commits.saw(value, commitID: record?.commitID)
                let reading = LeaseReading(
                    storeID: snapshot.storeID, revision: snapshot.revision, floor: floors[index],
                    value: value)
                work.add(members[index].machine.lease { $0.leaseRead(reading, at: now) }, of: index)
            }
            // After the leases: an order is bound to an epoch.
            work.add(ordersRead(snapshot, at: now))
        case .changed(let change):
            guard let index = memberByKey[change.key] else { return perform(orderChanged(change, at: now), at: now) }
            let value =
                if let written = members[index].written, written.text == change.value {
                    LeaseValue.record(written.record, revision: change.revision)
                } else {
                    LeaseValue(change.value, revision: change.revision)
                }
            members[index].commits.saw(value, commitID: change.commitID)
            work.add(
                members[index].machine.lease { $0.leaseChanged(value, revision: change.revision, at: now) }, of: index)
        case .lost(let problem): storeIsReachable(problem)
        }
        return perform(work, at: now)
    }

    func storeAnswered(_ answer: CommitAnswer, at now: Instant) -> [FailoverJob] {
        var work = FailoverWork()
        storeIsReachable(answer.problem)
        for (position, (index, write)) in answer.writes.enumerated() {
            let nonce = write.record.nonce
            let outcome = answer.result.flatMap { position < $0.outcomes.count ? $0.outcomes[position] : nil }
            guard let result = answer.result, let outcome else {
                work.add(members[index].machine.lease { $0.writeFailed(nonce: nonce, at: now) }, of: index)
                continue
            }
            switch outcome {
            case .committed(let revision):
                if let commit = result.commitID { members[index].commits.saw(nonce: nonce, commitID: commit) }
                work.add(
                    members[index].machine.lease {
                        $0.writeAcknowledged(nonce: nonce, storeID: result.storeID, revision: revision, at: now)
                    }, of: index)
            case .conflict(let current):
                if write.kind == .acquire { restartWatch.signal() }
                let value = LeaseValue(current?.value, revision: current?.revision ?? 0)
                members[index].commits.saw(value, commitID: current?.commitID)
                work.add(
                    members[index].machine.lease {
                        $0.writeConflicted(
                            nonce: nonce, storeID: result.storeID, storeRevision: result.revision, current: value,
                            at: now)
                    }, of: index)
            }
        }
        return perform(work, at: now)
    }

    func checked(_ result: CheckResult, run: UInt64, of index: Int, at now: Instant) -> [FailoverJob] {
        guard run == members[index].machine.run,
            let problem = members[index].check?.finished(result, run: run, at: now)
        else { return [] }
        return perform(members[index].machine.lease { $0.checkFailed(problem, at: now) }, of: index, at: now)
    }

    private func storeIsReachable(_ problem: String?) {
        let before = isStoreReachable
        isStoreReachable = problem == nil
        guard before != isStoreReachable else { return }
        if let problem {
            logger.warning("lost the store: \(problem)")
            note(.storeLost, "lost the store: \(problem)")
        } else {
            logger.info("reached the store")
            note(.storeReached, "reached the store")
        }
    }
}
