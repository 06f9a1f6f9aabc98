internal import FoundationEssentials
internal import Glibc
internal import Hagen
internal import HagenEngine

/// What came of trying to end a host.
struct FencingOutcome: Equatable, Sendable {
    /// One way that was tried, and what it said; no secret stands in it.
    struct Attempt: Equatable, Sendable {
        var agent: String
        var evidence: String
    }
    /// The host is known to be off: an agent said so when it was asked after the order.
    var isOff: Bool
    var attempts: [Attempt]

    /// Why the host is not known to be off, in words; `nil`: it is.
    var problem: String? {
        guard !isOff else { return nil }
        return attempts.isEmpty
            ? "no fence agent is configured" : attempts.map { "\($0.agent): \($0.evidence)" }.joined(separator: "; ")
    }
}

/// Ends hosts by the programs of Debian's `fence-agents`, which read `key=value` lines from their standard input and
/// answer by their exit status (the Fence Agent API: 0 done or on, 2 off, 1 failed).
///
/// Only what is verified counts: after `action=off` the agent is asked for the status until it says off; after an order that
/// failed it has to say so in words. An agent that takes too long has failed.
struct FenceAgents: Sendable {
    struct Limits: Sendable {
        /// From the start of an agent that turns a host off to its end.
        var off: Duration = .seconds(20)
        /// Of one that asks for the status.
        var status: Duration = .seconds(10)
        /// From the end of the order until the status has to be off.
        var verification: Duration = .seconds(20)
        /// Between two questions for the status.
        var pause: Duration = .milliseconds(200)
    }
    private static let offStatus: Int32 = 2
    /// Bytes of all lines for an agent; a pipe takes them at once.
    private static let inputLimit = 32 << 10

    /// Where the agents lie, in the order in which they are looked for.
    var folders = ["/usr/sbin", "/usr/local/sbin"]
    /// The folder of the credentials that parameters name.
    var credentials: String?
    var limits = Limits()

    /// Tries one level after the other until the host is known to be off.
    func fence(_ host: String, levels: [FailoverConfiguration.FencingLevel]) async -> FencingOutcome {
        var outcome = FencingOutcome(isOff: false, attempts: [])
        for case .agent(let name, let parameters, _) in levels {
            let evidence: String
            do throws(EngineFailure) {
                guard let own = parameters[host] else {
                    throw EngineFailure("there are no parameters for host '\(host)'")
                }
                evidence = try await turnOff(name, own)
                outcome.isOff = true
            } catch {
                evidence = error.description
            }
            outcome.attempts.append(FencingOutcome.Attempt(agent: name, evidence: evidence))
            if outcome.isOff || Task.isCancelled { break }
        }
        return outcome
    }

    /// In the words of the library that all of Debian's agents share. Where the order failed, the exit status alone proves
    /// nothing: 2 is also the library's status for bad arguments.
    private static func saysOff(_ output: String) -> Bool {
        output.split(whereSeparator: \.isNewline).contains { line in
            line.filter { !$0.isWhitespace }.lowercased() == "status:off"
        }
    }

    private func turnOff(_ name: String, _ parameters: [String: String]) async throws(EngineFailure) -> String {
        let agent = try FenceProgram(name, folders: folders)
        let filled = try FenceParameters(parameters, credentials: credentials)
        let input = filled.lines
        guard input.utf8.count < Self.inputLimit else { throw EngineFailure("its parameters are too long") }
        let order = try await agent.run(input + "action=off\n", timeout: limits.off)
        // One that was off already is no failure, whatever the agent thinks; the question tells.
        let until = Instant.now + limits.verification
        var last: FenceProgram.Result
        repeat {
            last = try await agent.run(input + "action=status\n", timeout: limits.status)
            if last.exit == Self.offStatus, order.exit == 0 || Self.saysOff(last.output) {
                return "off, as it said when asked"
            }
            try? await Task.sleep(for: limits.pause)
        } while .now < until && order.exit == 0 && !Task.isCancelled
        let said = filled.redacted(order.exit == 0 ? last.output : order.output)
        let what =
            order.exit == 0
            ? "its order was done, and the status is still \(last.exit == 0 ? "on" : "not known")"
            : "its order failed with status \(order.exit)"
        throw EngineFailure(said.isEmpty ? what : "\(what): \(said)")
    }
}

/// The parameters of one agent, with the secrets that they name.
private struct FenceParameters {
    private static let opening = "{credential."
    private static let credentialLimit = 4096
    let lines: String
    private let secrets: [String]

    /// - Throws: in words, where a credential cannot be read or a value cannot be one line.
    init(_ parameters: [String: String], credentials: String?) throws(EngineFailure) {
        var secrets: [String] = []
        var lines = ""
        for (key, value) in parameters.sorted(by: { $0.key < $1.key }) where key != "action" {
            var filled = ""
            var rest = value[...]
            while let start = rest.firstRange(of: Self.opening) {
                guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
                filled += rest[..<start.lowerBound]
                let secret = try Self.credential(String(rest[start.upperBound..<end]), in: credentials)
                secrets.append(secret)
                filled += secret
                rest = rest[rest.index(after: end)...]
            }
            filled += rest
            guard !key.contains("="), !(key + filled).contains(where: \.isNewline) else {
                throw EngineFailure("its parameter '\(key)' does not fit in one line")
            }
            lines += "\(key)=\(filled)\n"
        }
        self.lines = lines
        self.secrets = secrets.filter { !$0.isEmpty }
    }

    /// What an agent said, in one line and without the secrets that it was told.
    func redacted(_ output: String) -> String {
        var text = output
        for secret in secrets { text = text.replacing(secret, with: "***") }
        return text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
            .filter { !$0.isEmpty }.suffix(3).joined(separator: " / ")
    }

    private static func credential(_ name: String, in folder: String?) throws(EngineFailure) -> String {
        guard let folder else {
            throw EngineFailure(
                "its parameters name credential '\(name)', and \(EngineEnvironment.credentialsDirectory) is not set")
        }
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
            throw EngineFailure("'\(name)' is no name of a credential")
        }
        let path = "\(folder)/\(name)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw EngineFailure("cannot read credential '\(path)': \(systemMessage(errno))") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: credentialLimit)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw EngineFailure("cannot read credential '\(path)': \(systemMessage(errno))") }
        var text = String(decoding: bytes.prefix(count), as: UTF8.self)
        while text.last?.isNewline ?? false { text.removeLast() }
        return text
    }
}
