import Hagen
import HagenEngine
import HagenRuntime
import Synchronization

@testable import HagenSimulator

/// The simulator's store as the contract of stores sees it: one record, asked over the simulated network by the simulated
/// client of an agent. The agents' own machines are told nothing, so that nobody else writes.
final class SimulatedStoreClient: CoordinationStore {
    private struct State: Sendable {
        var world: World
        /// By the nonce of the lease's record, which is what tells one commit from another there.
        var values: [UInt64: (key: String, value: String)] = [:]
        var changes: [StoreChange] = []
        var lastNonce: UInt64 = 0x1000
    }
    private static let host = 0
    private let state: Mutex<State>

    init() {
        var settings = WorldSettings.threeHosts
        settings.clientCount = 0
        var world = World(seed: 1, settings: settings, plan: .none)
        // Its agents have started; nobody takes a lease before one has passed.
        world.run(until: 100_000_000)
        let state = State(world: world)
        self.state = Mutex(state)
        // What is watched begins with a read, as in an agent.
        _ = self.state.withLock { Self.ask(.read(floor: 0), &$0) }
    }

    func read(prefix: String) async throws -> StoreSnapshot {
        state.withLock { state in
            guard case .read(let reading) = Self.ask(.read(floor: 0), &state) else {
                preconditionFailure("a read that was not answered by one")
            }
            let record = Self.record(reading.value, state).map { [$0] } ?? []
            return StoreSnapshot(
                storeID: reading.storeID, revision: reading.revision,
                records: record.filter { $0.key.hasPrefix(prefix) })
        }
    }

    func commit(_ swaps: [CompareAndSwap]) async throws -> CommitResult {
        precondition(swaps.count == 1, "the simulator's store has one record, not \(swaps.count)")
        let swap = swaps[0]
        return state.withLock { state in
            state.lastNonce += 1
            let nonce = state.lastNonce
            state.values[nonce] = (swap.key, swap.value ?? "")
            let write = LeaseWrite(
                kind: .release, expected: swap.expected,
                expectedNonce: swap.expectedCommitID.flatMap { UInt64($0, radix: 16) },
                // Without an end to wait for: the lease's own checkers have nothing to say of it.
                record: LeaseRecord(holder: "a", epoch: nonce, nonce: nonce, duration: .seconds(1), released: true))
            let outcome: CommitResult.Outcome
            let revision: Int64
            switch Self.ask(.swap(write), &state) {
            case .acknowledged(nonce, let committed):
                (outcome, revision) = (.committed(revision: committed), committed)
            case .conflicted(nonce, let storeRevision, let value):
                (outcome, revision) = (.conflict(current: Self.record(value, state)), storeRevision)
            case let other: preconditionFailure("a swap that was answered by \(other)")
            }
            return CommitResult(
                storeID: SimulatedStore.id, revision: revision, commitID: Self.commitID(nonce), outcomes: [outcome])
        }
    }

    func watch(prefix: String, after revision: Int64) -> AsyncThrowingStream<StoreChange, any Error> {
        let told = Mutex(revision)
        return AsyncThrowingStream { [self] in
            while true {
                try Task.checkCancellation()
                let next = told.withLock { told -> StoreChange? in
                    let next = state.withLock { state in
                        state.changes.first { $0.revision > told && $0.key.hasPrefix(prefix) }
                    }
                    if let next { told = next.revision }
                    return next
                }
                if let next { return next }
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    /// Sends the request and lets the world go on until nothing of it is under way any more.
    private static func ask(_ kind: StoreRequest.Kind, _ state: inout State) -> AgentMessage {
        state.world.send(kind, from: host)
        guard let number = state.world.hosts[host].agent?.lastRequest else {
            preconditionFailure("the agent that asks has not started")
        }
        var found: AgentMessage?
        while state.world.queue.next != nil {
            let (moment, event) = state.world.queue.pop()
            state.world.now = moment
            switch event {
            case .deliver(host, _, .stored(number, let answer)):
                if state.world.isAnswer(number, for: host) { found = answer }
            case .deliver(host, _, .change(let value, let revision)): saw(value, revision, &state)
            // Another agent would ask again and again for answers that are not delivered.
            case .hedge(let request, _) where request.host != host: break
            case .arrive, .commit, .hedge, .watchBroke, .elect: state.world.handleStore(event)
            default: break
            }
        }
        guard let found else { preconditionFailure("nobody answered \(kind)") }
        return found
    }

    private static func saw(_ value: LeaseValue, _ revision: Int64, _ state: inout State) {
        guard let record = record(value, state) else { return }
        state.changes.append(
            StoreChange(key: record.key, value: record.value, revision: revision, commitID: record.commitID))
    }

    private static func record(_ value: LeaseValue, _ state: State) -> StoreRecord? {
        guard case .record(let record, let revision) = value, let stored = state.values[record.nonce] else {
            return nil
        }
        return StoreRecord(
            key: stored.key, value: stored.value, revision: revision, commitID: commitID(record.nonce))
    }

    private static func commitID(_ nonce: UInt64) -> String {
        let digits = String(nonce, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
