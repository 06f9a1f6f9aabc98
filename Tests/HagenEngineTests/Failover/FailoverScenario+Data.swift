import Hagen
import HagenEngine

/// What happens to a member of a cluster with data, and what it says then.
///
///     member … [sync=K] [degraded=continue] [async=BYTES]
///     T data primary|replica|stopped [at=POSITION] [below=EPOCH] [waits=SET] [streams=HOST@OFFSET,…] [paused] [follows=HOST:EPOCH]
///     T position HOST at=POSITION | asked HOST epoch=E round=N | reported HOST at=POSITION     the report answers the last round
///     T orders promote=EPOCH:TARGET
///     a VALUE's data: [data=HOST:EPOCH] [at=POSITION] [sets=PRIMARY:SET;…]
///
/// POSITION: `1@0/200,2@0/300` of system 7. SET: `b,c/1`, one of the two; `/0`: nobody.
extension FailoverScenario {
    static func policy(_ plain: [String], _ options: [String: String]) -> ReplicationPolicy? {
        if let count = options["sync"].flatMap(Int.init) {
            return .synchronous(
                acknowledgements: count, onDegraded: options["degraded"] == "continue" ? .continue : .block)
        }
        return options["async"].flatMap(UInt64.init).map { .asynchronous(maximumLagInBytes: $0) }
    }

    static func position(_ text: String?) -> ReplicationPosition? {
        text.flatMap { ReplicationPosition(text: "postgresql:7 " + $0.replacing(",", with: " ")) }
    }

    static func set(_ text: String, primary: String) -> SynchronousSet {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return SynchronousSet(
            primary: primary, standbys: parts[0].split(separator: ",").map(String.init),
            acknowledgements: parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    }

    static func published(_ options: [String: String]) -> PublishedData? {
        let parts = options["data"]?.split(separator: ":").map(String.init) ?? []
        guard parts.count == 2, let epoch = UInt64(parts[1]), let position = position(options["at"]) else { return nil }
        let sets = options["sets"]?.split(separator: ";").map { text -> SynchronousSet in
            let parts = text.split(separator: ":").map(String.init)
            return set(parts.count > 1 ? parts[1] : "/0", primary: parts[0])
        }
        return PublishedData(primary: parts[0], epoch: epoch, position: position, sets: sets ?? [])
    }

    static func report(_ plain: [String], _ options: [String: String], host: String) -> DataReport? {
        guard let role = plain.first.flatMap(DataReport.Role.init) else { return nil }
        let follows = options["follows"]?.split(separator: ":").map(String.init) ?? []
        return DataReport(
            role: role, position: position(options["at"]), stoppedBelow: options["below"].flatMap(UInt64.init) ?? 0,
            obstacle: plain.contains("paused") ? .replayPaused : nil,
            upstream: follows.count == 2
                ? DataReport.Upstream(host: follows[0], epoch: UInt64(follows[1]) ?? 0) : nil,
            waitsFor: options["waits"].map { set($0, primary: host) },
            standbys: (options["streams"] ?? "").split(separator: ",").map { text in
                let parts = text.split(separator: "@").map(String.init)
                return DataReport.Standby(
                    host: parts[0], durable: LogOffset(text: parts.last ?? "")?.bytes ?? 0, isStreaming: true)
            })
    }

    mutating func happenToData(
        _ event: String, _ plain: [String], _ options: [String: String], _ line: String, _ member: inout LeasedMember,
        _ now: Instant
    ) throws -> [MemberDirective] {
        let position = Self.position(options["at"])
        switch event {
        case "data":
            guard let report = Self.report(plain, options, host: "a") else { throw Mistake(line: line) }
            return member.dataReported(report, at: now)
        case "position":
            member.peerDataSeen(plain.first ?? "", position)
            return []
        case "asked":
            return member.reportAsked(
                by: plain.first ?? "", epoch: options["epoch"].flatMap(UInt64.init) ?? 0,
                round: options["round"].flatMap(UInt64.init) ?? 0, at: now)
        case "reported":
            guard let position else { throw Mistake(line: line) }
            return member.reported(
                by: plain.first ?? "", epoch: options["epoch"].flatMap(UInt64.init) ?? member.epoch,
                round: gathering, position: position, at: now)
        default: throw Mistake(line: line)
        }
    }

    mutating func describe(_ directive: DataDirective) -> String {
        switch directive {
        case .gather(let epoch, let round, let hosts):
            gathering = round
            return "gather the positions of \(hosts.joined(separator: ",")) in epoch \(epoch)"
        case .report(let host, let epoch, let round, let position):
            return "report to \(host) in epoch \(epoch), round \(round): \(position.shortText)"
        case .stopReceiving(let epoch): return "stop receiving from epochs below \(epoch)"
        case .waitFor(let set): return "wait for \(set.text)"
        case .follow(let upstream): return "follow \(upstream.host) of epoch \(upstream.epoch)"
        }
    }

    func describe(_ data: PublishedData?) -> String {
        guard let data else { return "" }
        let sets = data.sets.map { "\($0.primary) waits for \($0.text)" }.joined(separator: ", ")
        return "; data of \(data.primary), epoch \(data.epoch), \(data.position.shortText)"
            + (sets.isEmpty ? "" : ", \(sets)")
    }
}
