internal import FoundationEssentials
internal import Hagen
internal import HagenCompiler

/// `swift --shared FILE [--watched FILE]… [TOPOLOGY OUTPUT]…`: what the build plugin runs. Each topology is validated, and
/// becomes Swift; the types that they share are written to a file of their own.
struct NamesCommand {
    private let shared: String
    private let watched: Set<String>
    private let files: [(topology: String, output: String)]

    init(_ arguments: inout Arguments) throws(Refusal) {
        guard let shared = arguments.takeOne("--shared") else {
            throw Refusal("'--shared' says where the shared types go", isUsage: true)
        }
        self.shared = shared
        watched = Set(arguments.take("--watched"))
        try arguments.finish()
        let paths = arguments.paths
        guard paths.count.isMultiple(of: 2) else {
            throw Refusal("each topology is followed by the file that it becomes", isUsage: true)
        }
        files = stride(from: 0, to: paths.count, by: 2).map { (paths[$0], paths[$0 + 1]) }
    }

    /// Everything that is wrong in any of the files is said; nothing is written unless all are right.
    func run() throws(Refusal) -> Bool {
        var outputs: [(path: String, text: String)] = []
        var access = SwiftSettings.Access.internal
        var paths: [String: String] = [:]
        var isGood = true
        for (path, output) in files {
            let file = TopologyFile(path, watched: watched)
            let (release, diagnostics) = file.compile()
            Output.error.write(CompilerRenderer(sources: file.sources, fallback: path).render(diagnostics))
            guard let settings = settings(of: file), let topology = file.topology?.model, let release else {
                isGood = false
                continue
            }
            let source = NamesSource(topology, settings: settings)
            if let other = paths[source.typeName] {
                report(
                    path, 1,
                    "'\(source.typeName)' stands for the topology of '\(other)' already: "
                        + "give this one a name, '# hagen-swift: name=…'")
                isGood = false
            }
            paths[source.typeName] = path
            access = max(access, settings.access)
            let name = path.split(separator: "/").last.map(String.init) ?? path
            outputs.append((output, source.text(file: name, release: release)))
        }
        guard isGood else { return false }
        for output in outputs + [(shared, SharedSource.text(access: access))] {
            try write(output.text, to: output.path)
        }
        return true
    }

    private func settings(of file: TopologyFile) -> SwiftSettings? {
        guard let source = file.sources.first else { return nil }
        do {
            return try SwiftSettings.read(source)
        } catch {
            report(file.path, error.line, error.message)
            return nil
        }
    }

    private func report(_ path: String, _ line: Int, _ message: String) {
        Output.error.write("\(path):\(line):1: error: \(message)\n")
    }

    /// A file that already has the text is left as it is, so that nothing that depends on it is compiled again.
    private func write(_ text: String, to path: String) throws(Refusal) {
        let url = URL(filePath: path)
        let data = Data(text.utf8)
        if (try? Data(contentsOf: url)) == data { return }
        do {
            try data.write(to: url, options: .atomic)
        } catch {
            throw Refusal("cannot write '\(path)': \(error)")
        }
    }
}
