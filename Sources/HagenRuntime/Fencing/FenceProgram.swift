internal import CLinux
internal import Glibc
internal import HagenEngine

/// One fence agent as a program that is run for one action at a time.
struct FenceProgram: Sendable {
    struct Result: Equatable, Sendable {
        /// The exit status; 128 and the signal's number where one ended it.
        var exit: Int32
        /// The last of what it wrote.
        var output: String
    }
    private static let outputLimit = 4096
    private static let pause: Duration = .milliseconds(5)
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

    /// Waits for its end without holding a thread.
    ///
    /// - Parameter input: all that it reads; shorter than what a pipe holds.
    /// - Throws: in words, where it cannot be run or takes longer than that; it is then killed with all that it started.
    func run(_ input: String, timeout: Duration) async throws(EngineFailure) -> Result {
        let limit = Instant.now + timeout
        let (process, output) = try start(input)
        defer { close(output) }
        var text: [UInt8] = []
        var status: Int32 = 0
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            drain(output, into: &text)
            if ended == process { break }
            guard ended >= 0 || errno == EINTR else {
                throw EngineFailure("cannot learn how '\(path)' ended: \(systemMessage(errno))")
            }
            guard .now < limit, !Task.isCancelled else {
                kill(-process, SIGKILL)
                kill(process, SIGKILL)
                // Killed, it ends soon; whatever happens then, its word does not count any more.
                for _ in 0..<200 {
                    guard waitpid(process, nil, WNOHANG) == 0 else { break }
                    try? await Task.sleep(for: Self.pause)
                }
                throw EngineFailure("it did not end within \(timeout.components.seconds) s")
            }
            try? await Task.sleep(for: Self.pause)
        }
        let exit =
            linux_did_exit(status) != 0 ? linux_exit_code(status) : 128 + linux_exit_signal(status)
        return Result(exit: exit, output: String(decoding: text, as: UTF8.self))
    }

    private func start(_ input: String) throws(EngineFailure) -> (process: pid_t, output: Int32) {
        var toAgent: [Int32] = [-1, -1]
        var fromAgent: [Int32] = [-1, -1]
        guard linux_blocking_pipe(&toAgent) == 0 else {
            throw EngineFailure("cannot make a pipe: \(systemMessage(errno))")
        }
        defer { for end in toAgent { close(end) } }
        guard linux_blocking_pipe(&fromAgent) == 0 else {
            throw EngineFailure("cannot make a pipe: \(systemMessage(errno))")
        }
        defer { close(fromAgent[1]) }
        _ = fcntl(fromAgent[0], F_SETFL, O_NONBLOCK)
        let bytes = Array(input.utf8)
        let isWritten = write(toAgent[1], bytes, bytes.count) == bytes.count
        do throws(EngineFailure) {
            guard isWritten else { throw EngineFailure("cannot write to a pipe: \(systemMessage(errno))") }
            let started = try ChildProcess.start(
                ChildProcess.Specification(
                    path: path, arguments: [path],
                    environment: ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                    input: toAgent[0], output: fromAgent[1]))
            close(started.failure)
            return (started.processID, fromAgent[0])
        } catch {
            close(fromAgent[0])
            throw error
        }
    }

    /// Keeps the last of it, so that one that writes without end fills no memory and does not wait for a reader.
    private func drain(_ output: Int32, into text: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<64 {
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { return }
            text += buffer.prefix(count)
            if text.count > Self.outputLimit { text.removeFirst(text.count - Self.outputLimit) }
        }
    }
}
