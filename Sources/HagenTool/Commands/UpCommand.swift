internal import ArgumentParser
internal import Foundation
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Runs a whole topology on this machine, every host with its own address, until Ctrl-C.",
        discussion: """
            For example:
              hagen up Examples/quickstart

            While it runs, in another terminal: 'hagen status', 'hagen fault kill HOST'. Ctrl-C stops everything in
            order; a second one does not wait for the order. Nothing stays behind.
            Exit codes: 0 stopped as asked, 1 errors in the topology or an engine that does not start, 64 wrong usage.
            """)

    @OptionGroup var topology: TopologyOptions
    @Flag(help: "Keep what the engines stored, the release and the logs.")
    var keep = false
    @Option(help: "A folder with the values of the topology's credentials, one file each.", completion: .directory)
    var credentials: String?

    func run() async throws {
        let (release, loaded) = try await topology.release(.loopback)
        let lab = try makeLab(release, loaded)
        let output = Terminal.output
        for difference in loaded.topology.map({ LabDifferences.of($0.model) }) ?? [] { output.line(difference) }
        output.line("Starting \(release.name): hosts: \(release.hosts.count), engines: \(lab.record.engines.count) …")
        try await run(lab, LabDisplay(terminal: output))
        output.line(
            keep ? "Stopped. What was stored is kept in '\(lab.folders.state)'." : "Stopped. Nothing is left behind.")
    }

    private func makeLab(_ release: Release, _ loaded: LoadedTopology) throws -> Lab {
        let environment = ProcessInfo.processInfo.environment
        let plan = LabPlan(
            release: release, files: Emitters.files(for: release), topologyFolder: loaded.folder,
            daemon: try Executables.daemon(environment: environment),
            guardCommand: [try Executables.own(), LabGuardCommand.name], environment: environment,
            credentialsFolder: credentials.map { URL(fileURLWithPath: $0).standardizedFileURL.path }, keepsState: keep)
        return Lab(
            plan: plan, folders: try LabFolders(name: release.name, environment: environment),
            identity: String(UInt64.random(in: .min ... .max), radix: 16))
    }

    private func run(_ lab: Lab, _ display: LabDisplay) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in StopSignals.stream() {
                    await display.finish()
                    await display.line("Stopping …")
                    await lab.stop()
                }
            }
            group.addTask { for await event in lab.events { await display.show(event) } }
            defer { group.cancelAll() }
            try await lab.run {
                await display.line(LabMap(lab.plan.release).text + "Ctrl-C stops everything.\n")
                await display.follow(lab)
            }
        }
    }
}
