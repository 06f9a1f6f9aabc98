internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import Logging
internal import NIOPosix
internal import Synchronization

/// What an agent decided and saw, for people: the newest in memory, and as lines of JSON in two files of bounded size
/// that survive a restart. It never holds the agent up: a disk that is full or slow costs lines, and the log says how many.
final class EventLog: Sendable {
    /// Of one file, after which a new one is begun; the one before is kept as `events.jsonl.1`.
    static let maximumFileByteCount = 1 << 20
    static let maximumEvents = 2000
    /// Lines that wait for the disk.
    private static let maximumWaiting = 1024
    /// The same again is told only after so long.
    static let repetition: Duration = .seconds(10)

    private struct State {
        var events: [EngineEvent] = []
        var number: UInt64 = 0
        var waiting = 0
        /// Lines that did not get to the disk, and were not told of yet.
        var lost = 0
        /// By cluster, the last one: what is said twice in a row is kept once.
        var last: [String: EngineEvent] = [:]
    }
    private let host: String
    private let path: String
    private let logger: Logger
    private let maximumFileByteCount: Int
    private let state = Mutex(State())
    private let lines: AsyncStream<EngineEvent>
    private let waiting: AsyncStream<EngineEvent>.Continuation

    /// Reads what an earlier life of the agent left; what cannot be read is left out.
    init(
        host: String, path: String, logger: Logger, maximumFileByteCount: Int = EventLog.maximumFileByteCount
    ) {
        self.host = host
        self.path = path
        self.logger = logger
        self.maximumFileByteCount = maximumFileByteCount
        (lines, waiting) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.maximumWaiting))
        let kept =
            (Self.events(in: path + ".1", limit: maximumFileByteCount * 2)
            + Self.events(in: path, limit: maximumFileByteCount * 2)).suffix(Self.maximumEvents)
        state.withLock {
            $0.events = Array(kept)
            $0.number = kept.map(\.number).max() ?? 0
        }
    }

    func add(
        _ kind: EventKind, cluster: String?, epoch: UInt64 = 0, words: String, evidence: String? = nil,
        at time: WallTime = .now
    ) {
        let event = state.withLock { state -> EngineEvent? in
            if let last = state.last[cluster ?? ""], last.kind == kind, last.words == words, last.epoch == epoch,
                last.time <= time, time - last.time < Self.repetition
            {
                return nil
            }
            state.number += 1
            let event = EngineEvent(
                number: state.number, time: time, host: host, cluster: cluster, epoch: epoch, kind: kind, words: words,
                evidence: evidence.flatMap { $0.isEmpty ? nil : $0 })
            state.last[cluster ?? ""] = event
            if state.events.count >= Self.maximumEvents { state.events.removeFirst(Self.maximumEvents / 10) }
            state.events.append(event)
            state.waiting = min(state.waiting + 1, Self.maximumWaiting)
            return event
        }
        if let event, case .dropped = waiting.yield(event) { state.withLock { $0.lost += 1 } }
    }

    /// The oldest first.
    func events(_ query: EventQuery) -> [EngineEvent] {
        state.withLock { state in
            Array(state.events.filter(query.matches).suffix(max(min(query.limit, EventQuery.maximumLimit), 0)))
        }
    }

    /// Writes what comes until it is cancelled.
    func run() async {
        var isFailing = false
        for await event in lines {
            do {
                try await NIOThreadPool.singleton.runIfActive { try self.append(event) }
                isFailing = false
                tellLost()
            } catch {
                state.withLock { $0.lost += 1 }
                if !isFailing { logger.warning("cannot keep its events: \(error)") }
                isFailing = true
            }
            state.withLock { $0.waiting = max($0.waiting - 1, 0) }
        }
    }

    private func tellLost() {
        let lost = state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
        if lost > 0 { logger.warning("\(lost) of its events are not in '\(path)': the disk was full or slow") }
    }

    /// Returns when what was added is written, or the time is up.
    func flush(within limit: Duration = .milliseconds(500)) async {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !Task.isCancelled, state.withLock({ $0.waiting > 0 }) {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    private func append(_ event: EngineEvent) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Array(try encoder.encode(event)) + [UInt8(ascii: "\n")]
        var properties = stat()
        if stat(path, &properties) == 0, Int(properties.st_size) + line.count > maximumFileByteCount {
            guard rename(path, path + ".1") == 0 else {
                throw EngineFailure("cannot set '\(path)' aside: \(systemMessage(errno))")
            }
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw EngineFailure("cannot open '\(path)': \(systemMessage(errno))") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, line, line.count) == line.count else {
            throw EngineFailure("cannot write '\(path)': \(systemMessage(errno))")
        }
    }

    /// A line that was cut off by a crash or a full disk is left out.
    private static func events(in path: String, limit: Int) -> [EngineEvent] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(EngineEvent.self, from: Data($0))
        }
    }
}
