internal import ArgumentParser
internal import Hagen
internal import HagenCompiler

struct GraphCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draws a topology as SVG, DOT or Mermaid.",
        discussion: """
            For example:
              hagen graph Examples/quickstart -o quickstart.svg
              hagen graph Examples/quickstart --format dot | dot -Tpng -o quickstart.png
              hagen graph Examples/quickstart -o quickstart.mmd

            DOT is what Graphviz lays out; Mermaid is drawn by the pages of code hosts, up to 500 arrows by most.
            A part whose engine is not there yet (HG0100) is drawn, too, and reported.
            Exit codes: 0 drawn, 1 other errors in the topology or nothing written, 64 wrong usage.
            """)

    @OptionGroup var topology: TopologyOptions
    @OptionGroup var output: OutputOption
    @Option(
        help:
            "The form: svg, dot or mermaid; left out: by the file's extension (.svg, .dot, .gv, .mmd, .mermaid), else svg."
    )
    var format: GraphFormat?
    @Option(help: "Where the topology is meant to run: declared (on its hosts) or loopback (the lab).")
    var placement = Placement.declared

    func validate() throws {
        try PictureFile.refuse(
            output.output,
            advice: "Write an SVG, or let Graphviz draw it: 'hagen graph … --format dot | dot -Tpng -o …'.")
    }

    func run() async throws {
        let overview = try await topology.overview(placement)
        let format = format ?? output.output.flatMap(GraphFormat.init(fileName:)) ?? .svg
        try output.write(format.text(overview))
    }
}

extension GraphFormat: ExpressibleByArgument {}
