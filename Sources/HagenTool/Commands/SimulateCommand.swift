internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy
internal import HagenSimulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Holds a game day: faults in a simulation of the topology's failover clusters.",
        discussion: """
            The same machine that decides in 'hagend failover' runs in virtual time, with the topology's members, lease, \
            store and workloads. Each fault hits the active member, or the store, once a seed; what its clients notice \
            is compared with what the compiler computes. Nothing is started and nothing is touched. A rule that is broken \
            is told with the smallest plan of faults that breaks it.

            For example:
              hagen simulate Examples/quickstart
              hagen simulate . --cluster counter --faults lost-host,frozen-agent --seeds 1000
              hagen simulate . --faults lost-host --seed 7 --timeline lost-host.svg

            The faults: \(GameDay.possibleFaults.map(\.rawValue).joined(separator: ", ")).
            Exit codes: 0 no rule was broken, 1 one was, or errors in the topology, 64 wrong usage.
            """)

    @OptionGroup var topology: TopologyOptions
    @Option(help: "How many seeds each fault is tried with.")
    var seeds: UInt64 = 200
    @Option(help: "A single seed, and its story.")
    var seed: UInt64?
    @Option(help: "The faults, separated by commas; left out: what happens to everybody one day.")
    var faults: String?
    @Option(help: "The cluster; left out: each one that fails over.")
    var cluster: String?
    @Option(
        help: ArgumentHelp(
            "Draws one run of the first fault of the first cluster: that of the seed, or of the longest recovery.",
            valueName: "file.svg"),
        completion: .file(extensions: ["svg"]))
    var timeline: String?
    @Option(help: "Where the topology is meant to run: declared (on its hosts) or loopback (the lab).")
    var placement = Placement.declared
    @Flag(help: "As JSON, for other programs.")
    var json = false

    func validate() throws {
        guard seeds >= 1, seeds <= 10_000_000 else {
            throw ValidationError("--seeds is from 1 to 10000000, not \(seeds)")
        }
        _ = try chosenFaults()
        try PictureFile.refuse(
            timeline,
            advice: "A timeline is an SVG: name it so, and convert it, such as with 'rsvg-convert -o … FILE.svg'.")
    }

    func run() async throws {
        let (release, _) = try await topology.release(placement)
        let clusters = try chosenClusters(of: release)
        let chosen = try chosenFaults()
        var reports: [GameDayReport] = []
        for cluster in clusters {
            let day = GameDay(settings: cluster.settings, promised: cluster.promised)
            let began = ContinuousClock.now
            let runs = await Self.exercise(
                day, chosen ?? day.usualFaults, seeds: seed.map { $0...$0 } ?? 0...(seeds - 1), of: cluster.name)
            let report = GameDayReport(cluster: cluster.name, day: day, runs: runs)
            reports.append(report)
            if !json { show(report, of: cluster, took: ContinuousClock.now - began) }
            tell(of: runs, day, cluster.name)
            if cluster.name == clusters.first?.name { try draw(runs, day, of: cluster.name) }
        }
        if json { Terminal.output.line(try JSONText.of(reports)) }
        if reports.contains(where: { $0.violationCount > 0 }) { throw ExitCode.failure }
    }

    /// `nil`: what happens to everybody one day.
    private func chosenFaults() throws -> [Fault.Kind]? {
        guard let faults else { return nil }
        guard !faults.allSatisfy({ $0 == "," || $0.isWhitespace }) else {
            throw ValidationError("--faults names none; leave it out for what happens to everybody one day")
        }
        return try faults.split(separator: ",").map { word in
            guard let kind = Fault.Kind(rawValue: String(word)), GameDay.possibleFaults.contains(kind) else {
                throw ValidationError(
                    "there is no fault '\(word)'; there are \(GameDay.possibleFaults.map(\.rawValue).joined(separator: ", "))"
                )
            }
            return kind
        }
    }

    private func chosenClusters(of release: Release) throws -> [SimulatedCluster] {
        let all = SimulatedCluster.all(of: release)
        guard !all.isEmpty else {
            throw DeployError(
                "no cluster of '\(release.name)' has members that take over from each other: nothing to simulate")
        }
        guard let cluster else { return all }
        let chosen = all.filter { $0.name == cluster }
        guard !chosen.isEmpty else {
            throw DeployError(
                "no cluster '\(cluster)' of '\(release.name)' fails over; there are \(all.map(\.name).joined(separator: ", "))"
            )
        }
        return chosen
    }
}

// MARK: running

extension SimulateCommand {
    private static let chunk: UInt64 = 25

    /// All processors work; the result is the same however many there are.
    private static func exercise(
        _ day: GameDay, _ kinds: [Fault.Kind], seeds: ClosedRange<UInt64>, of cluster: String
    ) async -> [(fault: Fault.Kind, runs: [GameDay.Run])] {
        let total = seeds.count * kinds.count
        var pending = kinds.indices.flatMap { index in
            // Counted from the first, because the last may be the last that there is.
            stride(from: 0, through: seeds.upperBound - seeds.lowerBound, by: Int(chunk)).map { offset in
                let first = seeds.lowerBound + offset
                return (index: index, seeds: first...(first + min(chunk - 1, seeds.upperBound - first)))
            }
        }[...]
        var results = kinds.map { _ in [GameDay.Run]() }
        await withTaskGroup(of: (Int, [GameDay.Run]).self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                guard let next = pending.popFirst() else { break }
                group.addTask { (next.index, day.run(kinds[next.index], seeds: next.seeds)) }
            }
            var done = 0
            for await (index, runs) in group {
                results[index] += runs
                done += runs.count
                progress("\(cluster): \(done) of \(total) runs")
                guard let next = pending.popFirst() else { continue }
                group.addTask { (next.index, day.run(kinds[next.index], seeds: next.seeds)) }
            }
        }
        progress("")
        return zip(kinds, results).map { ($0, $1.sorted { $0.seed < $1.seed }) }
    }

    private static func progress(_ text: String) {
        guard Terminal.error.isInteractive else { return }
        Terminal.error.write("\r\u{1B}[K\(text)")
    }
}

// MARK: telling

extension SimulateCommand {
    private func show(_ report: GameDayReport, of cluster: SimulatedCluster, took: Duration) {
        let settings = cluster.settings
        let members = settings.hosts.filter(\.isMember).map(\.name).joined(separator: ", ")
        let store = settings.store.hosts.map { settings.hosts[$0].name }.joined(separator: ", ")
        Terminal.output.line(
            Terminal.output.styled(
                "\(report.cluster): lease \(settings.timing.duration.text), \(settings.workload.standby.rawValue) standby, members \(members), store on \(store)",
                .bold))
        for note in cluster.simplifications { Terminal.output.line("note: \(note)") }
        Terminal.output.line(report.table(.output))
        if !report.additions.isEmpty {
            Terminal.output.line("computed is what the release's README promises; the bound has on top of it:")
            for line in report.additions { Terminal.output.line(line) }
        }
        let hours = String(format: "%.2f", report.virtualHours)
        let seconds = String(format: "%.1f", Double(took.nanoseconds) / 1e9)
        Terminal.output.line(
            "\(report.exercises.reduce(0) { $0 + $1.runs }) runs, \(hours) virtual hours, \(report.events) events in \(seconds) s; \(report.violationCount) violations\n"
        )
    }

    /// The story of the first violation, or of the one seed that was asked for.
    private func tell(of runs: [(fault: Fault.Kind, runs: [GameDay.Run])], _ day: GameDay, _ cluster: String) {
        for (fault, runs) in runs {
            if let run = runs.first(where: { $0.violation != nil }) {
                if let story = DrillStory(of: fault, seed: run.seed, on: day) { Terminal.error.line("\(story)") }
                return Terminal.error.line("again: \(again(fault, run.seed, cluster))")
            }
            guard seed != nil, let run = runs.first else { continue }
            let story = day.drill(fault, seed: run.seed).run(isRecorded: true).recording?.story(atMost: 80) ?? ""
            Terminal.error.line(
                "\(fault.rawValue), seed \(run.seed) recovers after \(run.recovery.roundedUp.text)\n\(story)")
        }
    }

    /// The command that leads there again, for a shell.
    private func again(_ fault: Fault.Kind, _ seed: UInt64, _ cluster: String) -> String {
        let words = [
            "hagen", "simulate", topology.path, "--placement", placement.rawValue, "--cluster", cluster, "--faults",
            fault.rawValue, "--seed", "\(seed)",
        ]
        return words.map { word in
            let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:".contains($0)) }
            return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
        }.joined(separator: " ")
    }

    private func draw(
        _ runs: [(fault: Fault.Kind, runs: [GameDay.Run])], _ day: GameDay, of cluster: String
    ) throws {
        guard let timeline, let (fault, ofFault) = runs.first,
            let run = ofFault.max(by: { $0.recovery < $1.recovery })
        else { return }
        let result = day.drill(fault, seed: run.seed).run(isRecorded: true)
        guard let recording = result.recording else { return }
        let margin: VirtualTime = 500_000_000
        let end =
            max(
                result.faultsBegan + run.recovery.nanoseconds, recording.plan.end) + margin
        let text = Timeline(
            recording,
            title: "\(cluster): \(fault.rawValue), seed \(run.seed), served again after \(run.recovery.roundedUp.text)",
            from: max(result.faultsBegan - margin, 0), to: min(end, result.length), zero: result.faultsBegan
        ).svg
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: timeline), options: .atomic)
        } catch {
            throw DeployError("cannot write '\(timeline)': \(error.localizedDescription)")
        }
    }
}
