internal import Glibc

/// One fence agent as a program that is run for one action at a time.
struct FenceProgram: Sendable {
    private let path: String

    /// - Throws: in words, where there is no such agent.
    init(_ name: String, folders: [String]) throws(EngineFailure) {
        let letters = name.utf8.allSatisfy {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard letters, !name.isEmpty else { throw EngineFailure("'\(name)' is no name of a fence agent") }
        guard let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) else {
            throw EngineFailure(
                "there is no program '\(name)' in \(folders.joined(separator: " or ")); install Debian's fence-agents")
        }
        path = "\(folder)/\(name)"
    }

    /// - Parameter input: all that it reads.
    /// - Throws: in words, where it cannot be run or takes longer than that; it is then killed with all that it started.
    func run(_ input: String, timeout: Duration) async throws(EngineFailure) -> SupervisedAction.Outcome {
        let outcome = try await BoundedCommand.run(
            [path], environment: ["PATH": SupervisedAction.searchPath], input: Array(input.utf8), timeout: timeout)
        guard !outcome.isLate else { throw EngineFailure("it did not end within \(timeout.components.seconds) s") }
        return outcome
    }
}
