import Foundation
import Hagen
import HagenEngine
import Testing

/// Goal: each step of a member's machine is as the table in its header says, one fixture a story.
///
/// A fixture is a sequence of blocks: lines of input, `----`, the directives that they must give, an empty line. With
/// `HAGEN_RECORD=1` the expectations are written anew, and the test fails so that nobody records by accident.
@Suite struct LeasedMemberScenarioTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/Failover")
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    @Test func storiesExist() { #expect(Self.names.count >= 12) }

    @Test(arguments: names) func story(_ name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        let text = try String(contentsOf: file, encoding: .utf8)
        var scenario = FailoverScenario()
        var actual: [String] = []
        for block in text.components(separatedBy: "\n\n") {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard let divider = lines.firstIndex(of: "----") else {
                actual.append(block)
                continue
            }
            let output = try lines[..<divider].filter { !$0.hasPrefix("#") }.flatMap { try scenario.perform($0) }
            actual.append((lines[...divider] + output).joined(separator: "\n"))
        }
        let recorded = actual.joined(separator: "\n\n").trimmingCharacters(in: .newlines) + "\n"
        if recorded != text, ProcessInfo.processInfo.environment["HAGEN_RECORD"] == "1" {
            try recorded.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("\(name) was recorded anew")
        } else {
            #expect(recorded == text, "\(name)")
        }
    }
}

/// Reads the lines of a fixture and lets them happen to one member, `a` of `a b c`.
///
///     member [hot] [gated] [restarts=N] [remembers=EPOCH] [candidates=a,b@ZONE,c] [back=SECONDS] [fence=MILLISECONDS] [patience=MILLISECONDS]
///     T supervisor idle|running|ending run=N [active epoch=E until=T] [ending=WORDS]
///     T read|change revision=N VALUE [store=ID] [floor=N]    VALUE: absent, junk, HOST:EPOCH[:released[:SUCCESSOR]], own
///     T acknowledge|fail [NUMBER] [revision=N]     T conflict [NUMBER] revision=N VALUE
///     T remembered EPOCH | unremembered WORDS | greeting HOST [busy] [epoch=E] | check WORDS | stop | lost | time | commit
///     T question HOST epoch=E round=N | promise HOST [epoch=E]      the promise answers the last question
///     T orders [paused] [drained] [switchover=EPOCH[:TARGET]] | gate open|WORDS | fenced HOST epoch=E [WORDS]
///
/// T is a moment in milliseconds. Writes are numbered from 1 in the order in which the member makes them; unsaid, the last is
/// meant. `own` is the record of the last write.
struct FailoverScenario {
    struct Mistake: Error { var line: String }

    private var member: LeasedMember?
    private var writes: [LeaseWrite] = []
    private var round: UInt64 = 0
    private var rounds = 0
    /// The round of the last question for positions.
    var gathering: UInt64 = 0

    mutating func perform(_ line: String) throws -> [String] {
        var words = line.split(separator: " ").map(String.init)[...]
        guard let first = words.popFirst() else { return [] }
        var options: [String: String] = [:]
        let plain = words.filter { word in
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { options[parts[0]] = parts[1] }
            return parts.count != 2
        }
        if first == "member" {
            member = Self.member(plain, options)
            (writes, round, rounds) = ([], 0, 0)
            return []
        }
        guard let milliseconds = Int64(first), let event = plain.first, var member else { throw Mistake(line: line) }
        let now = Instant(nanoseconds: milliseconds * 1_000_000)
        let directives = try happen(event, Array(plain.dropFirst()), options, line, &member, now)
        self.member = member
        return directives.map { describe($0) }
    }

    private static func member(_ plain: [String], _ options: [String: String]) -> LeasedMember {
        var settings = LeasedMember.Settings(
            host: "a",
            timing: LeaseTiming(duration: .seconds(1), renew: .milliseconds(250), stop: .milliseconds(800)),
            candidates: (options["candidates"] ?? "a,b,c").split(separator: ",").map { text in
                let parts = text.split(separator: "@").map(String.init)
                return LeasedMember.Candidate(host: parts[0], priority: 100, zone: parts.count > 1 ? parts[1] : nil)
            }, standby: plain.contains("hot") ? .hot : .cold,
            restartLimit: options["restarts"].flatMap(Int.init) ?? 0, restartWindow: .seconds(60),
            freshness: .milliseconds(400))
        settings.isGated = plain.contains("gated")
        settings.giveBackAfter = options["back"].flatMap(Int.init).map { .seconds($0) }
        if let patience = options["patience"].flatMap(Int.init) { settings.endingPatience = .milliseconds(patience) }
        settings.replication = policy(plain, options)
        settings.fencingDelay = options["fence"].flatMap(Int.init).map { .milliseconds($0) }
        return LeasedMember(
            settings: settings,
            memory: options["remembers"].flatMap(UInt64.init).map {
                LeaseMemory(storeID: "S", epoch: $0, revision: 1)
            }, nonceSeed: 1)
    }

    private mutating func happen(
        _ event: String, _ plain: [String], _ options: [String: String], _ line: String, _ member: inout LeasedMember,
        _ now: Instant
    ) throws -> [MemberDirective] {
        let revision = options["revision"].flatMap(Int64.init) ?? 0
        let store = options["store"] ?? "S"
        switch event {
        case "supervisor":
            return member.supervisorReported(try report(plain, options, line), at: now)
        case "read":
            let reading = LeaseReading(
                storeID: store, revision: revision, floor: options["floor"].flatMap(Int64.init) ?? 0,
                value: try value(plain, options, revision, line))
            return member.leaseRead(reading, at: now)
        case "change":
            return member.leaseChanged(try value(plain, options, revision, line), revision: revision, at: now)
        case "acknowledge":
            let nonce = try write(plain, line).record.nonce
            return member.writeAcknowledged(nonce: nonce, storeID: store, revision: revision, at: now)
        case "fail": return member.writeFailed(nonce: try write(plain, line).record.nonce, at: now)
        case "conflict":
            let nonce = try write(plain, line).record.nonce
            let rest = plain.first.flatMap(Int.init) == nil ? plain : Array(plain.dropFirst())
            return member.writeConflicted(
                nonce: nonce, storeID: store, storeRevision: revision,
                current: try value(rest, options, revision, line), at: now
            )
        case "remembered":
            let memory = LeaseMemory(storeID: store, epoch: plain.first.flatMap(UInt64.init) ?? 0, revision: revision)
            return member.memoryWritten(memory, at: now)
        case "unremembered": return member.memoryNotWritten(plain.joined(separator: " "), at: now)
        case "greeting":
            return member.peerGreeted(
                plain.first ?? "", isReady: !plain.contains("busy"), epoch: options["epoch"].flatMap(UInt64.init) ?? 0,
                at: now)
        case "question":
            return member.promiseAsked(
                by: plain.first ?? "", epoch: options["epoch"].flatMap(UInt64.init) ?? 0,
                round: options["round"].flatMap(UInt64.init) ?? 0, at: now)
        case "promise":
            let epoch = options["epoch"].flatMap(UInt64.init) ?? member.epoch
            return member.promised(by: plain.first ?? "", epoch: epoch, round: round, at: now)
        case "orders":
            let promoted = options["promote"]?.split(separator: ":").map(String.init) ?? []
            let parts = options["switchover"]?.split(separator: ":").map(String.init) ?? []
            var orders = Orders(
                isPaused: plain.contains("paused"), isDrained: plain.contains("drained"),
                switchover: parts.first.flatMap(UInt64.init).map {
                    Orders.Switchover(id: 1, epoch: $0, target: parts.count > 1 ? parts[1] : nil)
                })
            if promoted.count == 2, let epoch = UInt64(promoted[0]) {
                orders.promotion = Orders.Promotion(id: 1, epoch: epoch, target: promoted[1], note: "by root@a")
            }
            return member.ordersChanged(orders, at: now)
        case "gate":
            return member.gateChanged(plain == ["open"] ? nil : plain.joined(separator: " "), at: now)
        case "fenced":
            let problem = plain.dropFirst().joined(separator: " ")
            return member.fenced(
                plain.first ?? "", epoch: options["epoch"].flatMap(UInt64.init) ?? 0,
                problem: problem.isEmpty ? nil : problem, at: now)
        case "check": return member.checkFailed(plain.joined(separator: " "), at: now)
        case "lost": return member.supervisorLost(at: now)
        case "stop": return member.stopRequested(at: now)
        case "time": return member.timeReached(at: now)
        case "commit": return member.commitIsLeaving(at: now)
        default: return try happenToData(event, plain, options, line, &member, now)
        }
    }

    private func write(_ plain: [String], _ line: String) throws -> LeaseWrite {
        let number = plain.first.flatMap(Int.init) ?? writes.count
        guard writes.indices.contains(number - 1) else { throw Mistake(line: line) }
        return writes[number - 1]
    }

    private func report(_ plain: [String], _ options: [String: String], _ line: String) throws -> SupervisorReport {
        guard let state = plain.first.flatMap(SupervisorReport.State.init) else { throw Mistake(line: line) }
        let epoch = options["epoch"].flatMap(UInt64.init)
        let until = options["until"].flatMap(Int64.init).map { Instant(nanoseconds: $0 * 1_000_000) }
        return SupervisorReport(
            run: options["run"].flatMap(UInt64.init) ?? 0, state: state, processID: state == .running ? 77 : nil,
            role: plain.contains("active") ? .active : .standby,
            permit: epoch.flatMap { epoch in until.map { Permit(epoch: epoch, deadline: $0) } },
            ending: options["ending"]?.replacing("_", with: " "))
    }

    private func value(
        _ plain: [String], _ options: [String: String], _ revision: Int64, _ line: String
    ) throws -> LeaseValue {
        guard let word = plain.first else { throw Mistake(line: line) }
        switch word {
        case "absent": return .absent
        case "junk": return .unreadable(revision: revision)
        case "own": return .record(try write(Array(plain.dropFirst()), line).record, revision: revision)
        default: break
        }
        let parts = word.split(separator: ":").map(String.init)
        guard parts.count >= 2, let epoch = UInt64(parts[1]) else { throw Mistake(line: line) }
        let record = LeaseRecord(
            holder: parts[0], epoch: epoch, nonce: 4242, duration: .seconds(1),
            released: parts.count > 2 && parts[2] == "released", successor: parts.count > 3 ? parts[3] : nil,
            data: Self.published(options))
        return .record(record, revision: revision)
    }

    private mutating func describe(_ directive: MemberDirective) -> String {
        func until(_ permit: Permit?) -> String {
            permit.map { "epoch \($0.epoch) until \($0.deadline.nanoseconds / 1_000_000)" } ?? "without permit"
        }
        switch directive {
        case .write(let write):
            writes.append(write)
            let successor = write.record.successor.map { " to \($0)" } ?? ""
            return
                "write \(writes.count): \(write.kind.rawValue) epoch \(write.record.epoch)\(successor), expecting revision \(write.expected)"
                + describe(write.record.data)
        case .remember(let memory): return "remember epoch \(memory.epoch) of \(memory.storeID)"
        case .start(let run, let role, let permit): return "start run \(run) as \(role.rawValue), \(until(permit))"
        case .promote(let run, let permit): return "promote run \(run), \(until(permit))"
        case .extend(let run, let permit): return "extend run \(run), \(until(permit))"
        case .stop(let run): return "stop run \(run)"
        case .kill(let run): return "kill run \(run)"
        case .ask(let epoch, let round, let hosts):
            (self.round, rounds) = (round, rounds + 1)
            return "ask \(hosts.joined(separator: ",")) in epoch \(epoch), question \(rounds)"
        case .promise(let host, let epoch, let round): return "promise \(host) in epoch \(epoch), round \(round)"
        case .look: return "look"
        case .data(let directive): return describe(directive)
        case .fence(let host, let epoch): return "fence \(host) of epoch \(epoch)"
        case .report(let decision): return "says: \(decision.reason)"
        case .finish: return "finish"
        }
    }
}
