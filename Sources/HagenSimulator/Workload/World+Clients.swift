internal import Hagen
internal import HagenEngine

/// One operation on its way: to the host with the address, through its workload, to the data and back.
extension World {
    private static let timeout: VirtualTime = 300 * Span.millisecond

    mutating func handleClients(_ event: WorldEvent) {
        switch event {
        case .operationBegins(let client): begin(client)
        case .request(let operation, let host): request(operation, host, event)
        case .writeData(let operation, let host, let process, let epoch):
            writeData(operation, host, process, epoch)
        case .dataWritten(let operation, let host, let process, let answer):
            guard isRunning(host, process, event) else { return }
            dataWritten(operation, host, answer)
        case .answer(let operation, let value): finish(operation, .done(at: now, read: value))
        case .operationTimedOut(let operation): finish(operation, .unknown)
        default: preconditionFailure("not of a client: \(event)")
        }
    }

    private mutating func begin(_ client: Int) {
        let isWrite = random.clients.chance(50)
        if isWrite { clients.lastValue += 1 }
        let operation = clients.operations.count
        clients.operations.append(
            Clients.Operation(client: client, call: now, written: isWrite ? clients.lastValue : nil))
        guard let host = clients.destination else { return finish(operation, .refused) }
        schedule(in: Self.timeout, .operationTimedOut(operation: operation))
        guard let delay = connectionDelay(from: network.clients, to: host) else { return }
        schedule(in: delay, .request(operation: operation, host: host))
    }

    private mutating func finish(_ operation: Int, _ outcome: Clients.Outcome) {
        guard clients.operations[operation].outcome == .pending else { return }
        clients.operations[operation].outcome = outcome
        let pause = settings.clientPause.nanoseconds
        schedule(
            in: random.clients.number(pause / 2...pause * 3 / 2),
            .operationBegins(client: clients.operations[operation].client))
    }

    private mutating func request(_ operation: Int, _ host: Int, _ event: WorldEvent) {
        guard now >= hosts[host].downUntil else { return }
        if now < hosts[host].frozenUntil { return queue.push(event, at: hosts[host].frozenUntil) }
        // Where the gate is shut packets are dropped without a word.
        guard isGateOpen(host) else { return }
        guard isServing(host), let workload = hosts[host].workload else {
            if network.isOpen(from: host, to: network.clients, at: now) { finish(operation, .refused) }
            return
        }
        checkLease(of: host, epoch: workload.epoch)
        guard let written = clients.operations[operation].written else {
            return answer(operation, host, workload.value)
        }
        if now < hosts[host].diskFullUntil { return workloadEnded(host, "exited: no space left on device") }
        guard let delay = connectionDelay(from: host, to: network.data) else { return }
        var lateness: VirtualTime = 0
        if settings.planted == .acknowledgedBeforeWritten {
            lateness = 100 * Span.millisecond
            hosts[host].workload?.value = written
            answer(operation, host, nil)
        }
        schedule(
            in: delay + lateness,
            .writeData(operation: operation, host: host, process: workload.process, epoch: workload.epoch))
    }

    private mutating func writeData(_ operation: Int, _ host: Int, _ process: Int, _ epoch: UInt64) {
        guard let value = clients.operations[operation].written else { return }
        let isOlder = epoch < data.highestEpoch
        let answer = data.write(value, epoch: epoch, isChecked: settings.planted != .epochUncheckedAtWorkload)
        if answer.isGranted, isOlder { checkers.olderEpochAccepted(epoch, after: data.highestEpoch, at: now) }
        guard let delay = connectionDelay(from: network.data, to: host) else { return }
        schedule(in: delay, .dataWritten(operation: operation, host: host, process: process, answer))
    }

    private mutating func dataWritten(_ operation: Int, _ host: Int, _ answer: DataAnswer) {
        guard answer.isGranted else { return workloadEnded(host, "exited: its data know a newer epoch") }
        // What is read under the planted bug is its own memory.
        if let workload = hosts[host].workload, answer.version > workload.version,
            settings.planted != .acknowledgedBeforeWritten
        {
            hosts[host].workload?.version = answer.version
            hosts[host].workload?.value = answer.value
        }
        guard isGateOpen(host) else { return }
        self.answer(operation, host, nil)
    }

    private mutating func answer(_ operation: Int, _ host: Int, _ value: Int?) {
        guard let delay = connectionDelay(from: host, to: network.clients) else { return }
        schedule(in: delay, .answer(operation: operation, value: value))
    }
}
