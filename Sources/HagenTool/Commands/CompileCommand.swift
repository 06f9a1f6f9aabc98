internal import ArgumentParser
internal import Hagen
internal import HagenCompiler
internal import HagenDeploy

struct CompileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile",
        abstract: "Compiles a topology to a release: files, one folder a host.",
        discussion: """
            For example:
              hagen compile Examples/quickstart -o build/release

            The folder is replaced as a whole or not at all; one that holds anything but a release is left alone.
            Exit codes: 0 written, 1 errors in the topology or nothing written, 64 wrong usage.
            """)

    @OptionGroup var topology: TopologyOptions
    @Option(name: [.short, .customLong("output")], help: "The folder to write.", completion: .directory)
    var output: String
    @Option(help: "Where the release is meant to run: declared (on its hosts) or loopback (the lab).")
    var placement = Placement.declared

    func run() async throws {
        let (release, _) = try await topology.release(placement)
        let files = Emitters.files(for: release)
        try ReleaseFolder(path: output).write(files)
        Terminal.output.line("\(release.name): \(files.count) files for \(release.hosts.count) hosts in '\(output)'")
    }
}
