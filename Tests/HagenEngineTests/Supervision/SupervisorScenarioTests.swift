import Foundation
import HagenEngine
import Testing

/// Goal: in each state each order and each moment gives what rule 7 asks for, one fixture a story. The real supervisor and the
/// simulator's both do what this machine says.
///
/// A fixture is a sequence of blocks: lines of input, `----`, the directives that they must give and the state after them, an
/// empty line. With `HAGEN_RECORD=1` the expectations are written anew, and the test fails so that nobody records by
/// accident.
@Suite struct SupervisorScenarioTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/Supervision")
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    @Test func storiesExist() { #expect(Self.names.count >= 6) }

    @Test(arguments: names) func story(_ name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        let text = try String(contentsOf: file, encoding: .utf8)
        var scenario = SupervisorScenario()
        var actual: [String] = []
        for block in text.components(separatedBy: "\n\n") {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard let divider = lines.firstIndex(of: "----") else {
                actual.append(block)
                continue
            }
            let output = try lines[..<divider].filter { !$0.hasPrefix("#") }.flatMap { try scenario.perform($0) }
            actual.append((lines[...divider] + output + [scenario.state]).joined(separator: "\n"))
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

/// Reads the lines of a fixture and lets them happen to one supervisor.
///
///     T start run=N [epoch=E until=T]      T extend|promote run=N epoch=E until=T      T stop|kill|settle run=N
///     T leave | terminate | time | ended | failed WORDS | dead [WORDS]
///     T started [active] [epoch=E until=T] [stop=MILLISECONDS] | unstarted [left] WORDS
///     T promoted epoch=E until=T | unpromoted WORDS | admit epoch=E until=T
///
/// T is a moment in milliseconds. `terminate` is the supervisor's own SIGTERM; `left`: an address may still be there.
struct SupervisorScenario {
    struct Mistake: Error { var line: String }

    private var machine = SupervisorMachine()

    /// What the supervisor says of its workload, and when its machine wants to be told the time.
    var state: String {
        let report = machine.report
        var words = ["\(report.state.rawValue)", "run \(report.run)"]
        if report.state != .idle { words.append(report.role.rawValue) }
        if let permit = report.permit {
            words.append("epoch \(permit.epoch) until \(milliseconds(permit.deadline))")
        }
        if machine.isKilling { words.append("being killed") }
        if let ending = report.ending { words.append("'\(ending)'") }
        words.append(machine.wake.map { "wakes at \(milliseconds($0))" } ?? "waits")
        return "= " + words.joined(separator: ", ")
    }

    mutating func perform(_ line: String) throws -> [String] {
        let words = line.split(separator: " ").map(String.init)
        guard words.count > 1, let moment = Int64(words[0]) else { throw Mistake(line: line) }
        var options: [String: String] = [:]
        let plain = words.dropFirst(2).filter { word in
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { options[parts[0]] = parts[1] }
            return parts.count != 2
        }
        let run = options["run"].flatMap(UInt64.init)
        let permit = options["epoch"].flatMap(UInt64.init).flatMap { epoch in
            options["until"].flatMap(Int64.init).map { Permit(epoch: epoch, deadline: instant($0)) }
        }
        let directives = try happen(words[1], plain, run, permit, options, line, instant(moment))
        return directives.map { describe($0) }
    }

    private mutating func happen(
        _ event: String, _ plain: [String], _ run: UInt64?, _ permit: Permit?, _ options: [String: String],
        _ line: String, _ now: Instant
    ) throws -> [SupervisorDirective] {
        let problem = plain.joined(separator: " ")
        switch (event, run, permit) {
        case ("start", let run?, _): return machine.startOrdered(run, permit: permit, at: now)
        case ("extend", let run?, let permit?): return machine.extensionOrdered(run, permit, at: now)
        case ("promote", let run?, let permit?): return machine.promotionOrdered(run, permit, at: now)
        case ("stop", let run?, _): return machine.stopOrdered(run, at: now)
        case ("kill", let run?, _): return machine.killOrdered(run)
        case ("settle", let run?, _): machine.settleOrdered(run)
        case ("leave", _, _): return machine.leaveOrdered()
        case ("terminate", _, _): return machine.stop(at: now)
        case ("time", _, _): return machine.timeReached(at: now)
        case ("admit", _, let permit?): return machine.admit(permit, at: now).map { [.refuse($0)] } ?? []
        case ("started", _, _):
            let stopTimeout = options["stop"].flatMap(Int64.init) ?? 2000
            machine.started(
                processID: 77, role: plain.contains("active") ? .active : .standby, permit: permit,
                stopTimeout: .milliseconds(stopTimeout))
        case ("unstarted", _, _):
            let isClear = plain.first != "left"
            return machine.couldNotStart(
                plain.dropFirst(isClear ? 0 : 1).joined(separator: " "), isClear: isClear)
        case ("promoted", _, let permit?): machine.promoted(permit)
        case ("unpromoted", _, _): return machine.couldNotPromote(problem)
        case ("failed", _, _): return machine.failed(problem)
        case ("ended", _, _): return machine.ended()
        case ("dead", _, _): machine.provedDead(ending: problem.isEmpty ? nil : problem)
        default: throw Mistake(line: line)
        }
        return []
    }

    private func describe(_ directive: SupervisorDirective) -> String {
        switch directive {
        case .start: "start"
        case .extend(let deadline): "extend until \(milliseconds(deadline))"
        case .promote(let permit): "promote, epoch \(permit.epoch) until \(milliseconds(permit.deadline))"
        case .stop: "stop"
        case .kill: "kill"
        case .clear: "clear"
        case .refuse(let reason): "refuses: \(reason)"
        }
    }

    private func instant(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }
    private func milliseconds(_ instant: Instant) -> Int64 { instant.nanoseconds / 1_000_000 }
}
