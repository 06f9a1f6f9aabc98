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
    /// Where the values of the credentials are that parameters name.
    var credentials = CredentialFolder(nil)
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
        var last: SupervisedAction.Outcome
        repeat {
            last = try await agent.run(input + "action=status\n", timeout: limits.status)
            if last.exitCode == Self.offStatus, order.exitCode == 0 || Self.saysOff(last.output) {
                return "off, as it said when asked"
            }
            try? await Task.sleep(for: limits.pause)
        } while .now < until && order.exitCode == 0 && !Task.isCancelled
        let said = filled.redacted(order.exitCode == 0 ? last.output : order.output)
        let what =
            order.exitCode == 0
            ? "its order was done, and the status is still \(last.exitCode == 0 ? "on" : "not known")"
            : "its order failed: it \(order.ending)"
        throw EngineFailure(said.isEmpty ? what : "\(what): \(said)")
    }
}
