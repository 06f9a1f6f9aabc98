internal import FoundationEssentials
internal import Hagen
internal import HagenEngine
internal import Logging
internal import NIOCore

/// Performs what the machines say.
extension FailoverEngine {
    func forAll(at now: Instant, _ event: (inout MemberMachine) -> [MemberDirective]) -> [FailoverJob] {
        var work = FailoverWork()
        for index in members.indices { work.add(event(&members[index].machine), of: index) }
        return perform(work, at: now)
    }

    func perform(_ directives: [MemberDirective], of index: Int, at now: Instant) -> [FailoverJob] {
        var work = FailoverWork()
        work.add(directives, of: index)
        return perform(work, at: now)
    }

    func perform(_ work: FailoverWork, at now: Instant) -> [FailoverJob] {
        var work = work
        // Rule 4: what is to be renewed soon travels along.
        if work.hasWrites {
            for index in members.indices where !work.hasWrites(of: index) {
                work.add(members[index].machine.lease { $0.commitIsLeaving(at: now) }, of: index)
            }
        }
        var jobs: [FailoverJob] = []
        var writes: [(member: Int, write: LeaseWrite)] = []
        for (index, directive) in work.directives {
            switch directive {
            case .write(let write): writes.append((index, write))
            case .remember(let memory): if let job = remember(memory, of: index) { jobs.append(job) }
            case .report(let decision): record(decision, of: index, at: now)
            case .finish: members[index].isFinished = true
            case .start(let run, let role, let permit):
                members[index].startOrdered = run
                let start = members[index].start(
                    run: run, role: role, permit: permit, host: configuration.host, inherited: environment)
                send(.start(start), to: index)
            case .promote(let run, let permit): send(.promote(run: run, permit: permit), to: index)
            case .extend(let run, let permit): send(.extend(run: run, permit: permit), to: index)
            case .stop(let run): send(.stop(run: run), to: index)
            case .kill(let run): send(.kill(run: run), to: index)
            case .ask(let epoch, let round, let hosts):
                tell(.question(question(epoch, round, of: index)), to: hosts)
            case .promise(let host, let epoch, let round):
                tell(.promise(question(epoch, round, of: index)), to: [host])
            case .look: restartWatch.signal()
            case .data(let directive): if let job = perform(directive, of: index) { jobs.append(job) }
            case .fence(let host, let epoch): jobs.append(fence(host, epoch: epoch, of: index))
            }
        }
        if let job = commit(writes) { jobs.append(job) }
        return jobs
    }

    /// An order that cannot be sent is not lost: on the next connection the supervisor's state tells what is missing.
    func send(_ order: SupervisorRequest.Order, to index: Int) {
        guard let channel = members[index].channel else { return }
        let number = members[index].ordered(order, at: .now)
        guard let line = try? JSONEncoder().encode(SupervisorRequest(order, number: number)) else { return }
        var buffer = channel.allocator.buffer(capacity: line.count + 1)
        buffer.writeBytes(line)
        buffer.writeInteger(UInt8(ascii: "\n"))
        channel.writeAndFlush(buffer, promise: nil)
    }

    private func commit(_ writes: [(member: Int, write: LeaseWrite)]) -> FailoverJob? {
        guard let store, !writes.isEmpty else { return nil }
        // Of one member only the last counts: it was decided with the outcome of the one before in mind.
        let writes = writes.enumerated().filter { entry in
            !writes[(entry.offset + 1)...].contains { $0.member == entry.element.member }
        }.map(\.element)
        let swaps = writes.compactMap { index, write -> CompareAndSwap? in
            guard let key = members[index].key, let value = try? write.record.json() else { return nil }
            members[index].written = (value, write.record)
            return CompareAndSwap(
                key: key, expected: write.expected, commitID: members[index].commits[write.expectedNonce], value: value)
        }
        // Longer than any deadline: an answer that comes late may still tell what stands.
        let longest = writes.compactMap { members[$0.member].cluster.lease?.duration }.max() ?? .seconds(1)
        let inbox = inbox
        return FailoverJob {
            do {
                let result = try await withDeadline(longest * 2) { try await store.commit(swaps) }
                inbox(.answered(CommitAnswer(writes: writes, result: result)))
            } catch {
                inbox(.answered(CommitAnswer(writes: writes, problem: "\(error)")))
            }
        }
    }

    /// One write at a time for each member, the newest memory next.
    private func remember(_ memory: LeaseMemory, of index: Int) -> FailoverJob? {
        guard let file = members[index].memoryFile else { return nil }
        guard !members[index].isMemoryUnderWay else {
            members[index].nextMemory = memory
            return nil
        }
        members[index].isMemoryUnderWay = true
        let inbox = inbox
        return FailoverJob {
            do {
                try await file.write(memory)
                inbox(.remembered(index, memory, problem: nil))
            } catch {
                inbox(.remembered(index, memory, problem: "\(error)"))
            }
        }
    }

    func remembered(_ memory: LeaseMemory, of index: Int, problem: String?, at now: Instant) -> [FailoverJob] {
        members[index].isMemoryUnderWay = false
        var work = FailoverWork()
        work.add(
            members[index].machine.lease { member in
                if let problem {
                    member.memoryNotWritten(problem, at: now)
                } else {
                    member.memoryWritten(memory, at: now)
                }
            }, of: index)
        var jobs = perform(work, at: now)
        if let next = members[index].nextMemory {
            members[index].nextMemory = nil
            if let job = remember(next, of: index) { jobs.append(job) }
        }
        return jobs
    }

    /// A supervisor that answers nothing is frozen, and enforces nothing. Its end takes the workload's first process with it,
    /// and what remains is looked for before anything else is started there.
    func killUnresponsive(at now: Instant) {
        for index in members.indices where members[index].isUnresponsive(at: now) {
            let process = SupervisorLock(path: folders.socket(of: members[index].cluster.name) + ".lock").killHolder()
            let words =
                "the supervisor does not answer: \(process.map { "killed process \($0)" } ?? "it could not be killed")"
            logger.error("\(words)", metadata: ["cluster": "\(members[index].cluster.name)"])
            note(.supervisorKilled, words, cluster: members[index].cluster.name)
        }
    }
}
