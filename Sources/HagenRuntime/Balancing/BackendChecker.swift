internal import Hagen

/// Checks one backend again and again, sooner when traffic to it fails.
final class BackendChecker: Sendable {
    let listener: Int
    let backend: Int
    private let address: SocketAddress
    private let check: CheckConfiguration
    private let judge: BackendJudge
    private let wakeUp = WakeUp()
    /// However often traffic fails, checks do not come faster than this.
    private static let leastPause = Duration.milliseconds(20)

    init(listener: Int, backend: Int, address: SocketAddress, check: CheckConfiguration, judge: BackendJudge) {
        self.listener = listener
        self.backend = backend
        self.address = address
        self.check = check
        self.judge = judge
    }

    func checkNow() { wakeUp.signal() }

    /// Runs until the task is cancelled. The first check comes almost at once, and the others a little early or late, so
    /// that many balancers do not check in step.
    func run() async {
        try? await Task.sleep(for: min(check.every, .milliseconds(50)) * Double.random(in: 0..<1))
        while !Task.isCancelled {
            let started = ContinuousClock.now
            let result = await BackendProbe.run(check.kind, address, timeout: check.timeout)
            guard !Task.isCancelled else { return }
            let pause = await judge.checkFinished(result, listener: listener, backend: backend)
            await wakeUp.wait(until: started + pause * Double.random(in: 0.95..<1.05))
            if ContinuousClock.now - started < Self.leastPause { try? await Task.sleep(for: Self.leastPause) }
        }
    }
}
