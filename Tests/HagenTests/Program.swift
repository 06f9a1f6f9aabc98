import Foundation

/// What a finished program left.
struct ProgramResult {
    let exitCode: Int32
    let standardOutput: String
    let standardError: String
    /// Processor time in user mode of the program and all that it waited for, in seconds.
    let userSeconds: Double
}

/// A program was still running at its deadline, and was ended.
struct ProgramTimedOut: Error {
    let arguments: [String]
}

/// Runs a program to its end; kills it at the deadline.
///
/// - Parameters:
///   - arguments: The program, which is looked for in `PATH`, and its arguments.
///   - descriptorThree: A file that the program gets as descriptor 3 to write to.
func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:], descriptorThree: URL? = nil,
    within limit: Duration = .seconds(120)
) async throws -> ProgramResult {
    let scratch = try Repository.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    // Paths stay arguments; the script itself is always the same. Its own standard error ends with the user time.
    // `timeout` ends the program with all its children.
    let script =
        #"TIMEFORMAT=%U; exec 3>"$1"; out=$2; err=$3; limit=$4; shift 4; time timeout --kill-after=5 "$limit" "$@" >"$out" 2>"$err""#
    let files = ["descriptor", "out", "err"].map { scratch.appending(path: $0).path }
    let limitInSeconds = "\(limit.components.seconds)"
    process.arguments =
        ["-c", script, "bash", descriptorThree?.path ?? files[0], files[1], files[2], limitInSeconds] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    process.standardInput = FileHandle.nullDevice
    let times = scratch.appending(path: "times")
    try Data().write(to: times)
    process.standardError = try FileHandle(forWritingTo: times)
    try process.run()
    while process.isRunning {
        try await Task.sleep(for: .milliseconds(10))
    }
    if process.terminationStatus == 124 || process.terminationStatus == 137 {
        throw ProgramTimedOut(arguments: arguments)
    }
    let last = try String(contentsOf: times, encoding: .utf8).split(separator: "\n").last ?? ""
    return ProgramResult(
        exitCode: process.terminationStatus, standardOutput: try String(contentsOfFile: files[1], encoding: .utf8),
        standardError: try String(contentsOfFile: files[2], encoding: .utf8), userSeconds: Double(last) ?? .nan)
}
