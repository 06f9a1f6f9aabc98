internal import FoundationEssentials
internal import Glibc

/// The tool of both plugins of SwiftPM: the compiler for topologies in YAML, and nothing else, so that a project which
/// uses a plugin has it built soon. People call it through the plugins.
@main
struct Main {
    static func main() {
        var arguments = Arguments(Array(CommandLine.arguments.dropFirst()))
        do throws(Refusal) {
            let isGood =
                switch arguments.verb {
                case "swift": try NamesCommand(&arguments).run()
                case "validate": try ValidateCommand(&arguments).run()
                case "compile": try CompileCommand(&arguments).run()
                case "graph": try GraphCommand(&arguments).run()
                default: throw Refusal("'\(arguments.verb)' is none of validate, compile and graph", isUsage: true)
                }
            exit(isGood ? 0 : 1)
        } catch {
            Output.error.write("error: \(error.message)\n")
            exit(error.isUsage ? 64 : 1)
        }
    }
}

/// Why nothing was done, in words that end in no full stop.
struct Refusal: Error {
    var message: String
    /// Whether the arguments are at fault.
    var isUsage: Bool

    init(_ message: String, isUsage: Bool = false) {
        self.message = message
        self.isUsage = isUsage
    }
}

/// One of the standard streams.
struct Output {
    static let standard = Output(descriptor: STDOUT_FILENO)
    static let error = Output(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Writes all of it; a reader that went away is no concern of a tool that only reports.
    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
