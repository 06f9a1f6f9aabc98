internal import CLinux
internal import Foundation
package import Hagen

/// A process that carries the mark of a lab in its environment: an engine, a supervisor, a workload or a child of one.
///
/// The lab finds them in /proc and not in a list of its own, because supervisors detach from their agents on purpose.
package struct MarkedProcess: Equatable, Sendable {
    package enum State: Equatable, Sendable { case running, stopped }

    package let processID: Int32
    /// In clock ticks since the machine's start; with the id it names one process for good.
    package let startTime: UInt64
    package let state: State
    /// The lab's host that it belongs to.
    package let host: String
    /// `nil` for what is not an engine itself.
    package let engine: Engine?

    /// Every process of this user that carries the lab's mark, engines first, this process excepted. Ended ones that
    /// nobody has waited for yet are not among them.
    package static func all(ofLab identity: String) -> [MarkedProcess] {
        processIDs().compactMap { MarkedProcess(processID: $0, identity: identity) }
            .sorted { ($0.engine == nil ? 1 : 0, $0.processID) < ($1.engine == nil ? 1 : 0, $1.processID) }
    }

    private static func processIDs() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { $0 != getpid() }
    }

    private init?(processID: Int32, identity: String) {
        let folder = "/proc/\(processID)"
        let wanted = Array("\(EngineEnvironment.labIdentity)=\(identity)".utf8)
        let host = Array("\(EngineEnvironment.labHost)=".utf8)
        guard let environment = SystemCalls.contents(of: folder + "/environ", limit: 1 << 20) else { return nil }
        let entries = environment.split(separator: 0)
        guard entries.contains(where: { $0.elementsEqual(wanted) }),
            let labelled = entries.first(where: { $0.starts(with: host) }),
            let (state, startTime) = Self.stateAndStartTime(of: processID)
        else { return nil }
        let label = String(decoding: labelled.dropFirst(host.count), as: UTF8.self)
        self.processID = processID
        self.startTime = startTime
        self.state = state
        self.host = label.split(separator: "/").last.map(String.init) ?? label
        engine = Self.engine(of: processID)
    }

    /// `nil` for a process that is gone or was not waited for yet.
    private static func stateAndStartTime(of processID: Int32) -> (State, UInt64)? {
        guard let bytes = SystemCalls.contents(of: "/proc/\(processID)/stat", limit: 4096),
            // The command stands in brackets and may itself contain spaces and brackets.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let startTime = UInt64(fields[19]), !["Z", "X", "x"].contains(fields[0]) else {
            return nil
        }
        return (fields[0] == "T" || fields[0] == "t" ? .stopped : .running, startTime)
    }

    private static func engine(of processID: Int32) -> Engine? {
        guard let bytes = SystemCalls.contents(of: "/proc/\(processID)/cmdline", limit: 1 << 16) else { return nil }
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(2)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 2, words[0].split(separator: "/").last == "hagend" else { return nil }
        return Engine(rawValue: words[1])
    }

    /// Sends the signal, unless the process has ended and its id was given to another one.
    package func send(signal: Int32) {
        let descriptor = linux_pidfd_open(processID)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        // The descriptor stands for whoever has the id now: only if that is still the process that was found.
        guard let (_, startTime) = Self.stateAndStartTime(of: processID), startTime == self.startTime else { return }
        _ = linux_pidfd_send_signal(descriptor, signal)
    }
}

extension [MarkedProcess] {
    /// Kills what `select` finds, again and again until it finds nothing, because a process may start another one while
    /// it is being killed.
    ///
    /// - Returns: what is still there at the deadline: processes that the kernel cannot end.
    package static func killAll(
        within limit: Duration, _ select: @Sendable () -> [MarkedProcess]
    ) async -> [MarkedProcess] {
        let deadline = ContinuousClock.now + limit
        while true {
            let found = select()
            if found.isEmpty || ContinuousClock.now >= deadline { return found }
            for process in found { process.send(signal: SIGKILL) }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}
