import Foundation
import Hagen
import HagenEngine
import Testing

@testable import HagenRuntime

/// Goal: agents of the OCF resource agent API run unchanged, and a resource is dead only when that is proved.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ResourceAgentTests {
    private static let hasAgents = access("/usr/lib/ocf/resource.d/heartbeat/Dummy", X_OK) == 0 && geteuid() == 0

    /// Times are read from meta-data as it is written, within bounds.
    @Test func timesAreRead() {
        let times = ResourceAgentTimes(
            metadata: """
                <resource-agent name="x"><actions>
                <!-- <action name="start" timeout="1s" /> -->
                <action name="start"   timeout="90" />
                <action name="stop" timeout='2min'/>
                <action depth="0"  timeout="20s" interval="15s" name="monitor" />
                <action name="monitor" depth="10" role="Promoted" timeout="20s" interval="7s" />
                <action name="meta-data" timeout="forever" />
                </actions></resource-agent>
                """)
        #expect(times.timeout(.start) == .seconds(90))
        #expect(times.timeout(.stop) == .seconds(120))
        #expect(times.timeout(.metadata) == .seconds(20))
        #expect(times.monitorInterval == .seconds(15))
        #expect(ResourceAgentTimes(metadata: "no XML <action").monitorInterval == .seconds(10))
        let often = "<action name=\"monitor\" interval=\"1ms\" timeout=\"1ms\"/>"
        #expect(ResourceAgentTimes(metadata: often).monitorInterval == .seconds(1))
        #expect(ResourceAgentTimes(metadata: often).timeout(.monitor) == .seconds(1))
        let seldom = "<action name=\"monitor\" interval=\"10min\"/>"
        #expect(ResourceAgentTimes(metadata: seldom).monitorInterval == .seconds(60))
    }

    /// Each code of the API has words of its own.
    @Test func codesHaveWords() {
        let codes: [Int32] = Array(0...9) + [190, 191]
        #expect(Set(codes.map(ResourceAgentCode.words)).count == codes.count)
        #expect(codes.filter(ResourceAgentCode.isRunning) == [0, 8, 190, 191])
        for code in codes { #expect(ResourceAgentCode.words(code).contains("(\(code))")) }
        #expect(ResourceAgentCode.words(42).contains("does not know"))
    }

    /// Debian's own agents, without a process and with one: started, killed at the deadline, stopped.
    @Test(.enabled(if: hasAgents, "needs root and Debian's resource-agents")) func debiansAgentsRunUnchanged()
        async throws
    {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let state = supervisor.directory.path + "/dummy.state"
        let dummy = FailoverConfiguration.Workload.Kind.resourceAgent(
            .init(name: "ocf:heartbeat:Dummy", parameters: ["state": state]))
        #expect(try supervisor.ask(.start(supervisor.start(1, dummy, nil))).report.state == .running)
        try await exists(state, true)
        _ = try supervisor.ask(.stop(run: 1))
        #expect(try supervisor.next { $0.report.state == .idle }.report.ending == "was stopped")
        #expect(access(state, F_OK) != 0)

        let pidFile = supervisor.directory.path + "/anything.pid"
        let anything = FailoverConfiguration.Workload.Kind.resourceAgent(
            .init(
                name: "ocf:heartbeat:anything",
                parameters: ["binfile": "/bin/sleep", "cmdline_options": "300", "pidfile": pidFile]))
        let permit = Permit(epoch: 1, deadline: .now + .seconds(3))
        _ = try supervisor.ask(.start(supervisor.start(2, anything, permit)))
        try await exists(pidFile, true)
        let dead = try supervisor.next { $0.report.state == .idle }
        print("the agent's resource was proved dead \((Instant.now - permit.deadline).text) after the deadline")
        #expect(dead.report.ending == "was killed: its permit for epoch 1 ended")
        #expect(supervisor.marked() == [])
    }

    /// What is not installed or configured is said in words.
    @Test func failuresAreInWords() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let missing = FailoverConfiguration.Workload.Kind.resourceAgent(
            .init(name: "ocf:heartbeat:NoSuchAgent", parameters: [:]))
        let refused = try supervisor.ask(.start(supervisor.start(1, missing, nil)))
        #expect(
            refused.refusal?.contains("no resource agent at '/usr/lib/ocf/resource.d/heartbeat/NoSuchAgent'") ?? false)
        let agent = try TestAgent(in: supervisor.directory, start: "exit 5", stop: "exit 0", monitor: "exit 7")
        _ = try supervisor.ask(.start(supervisor.start(2, agent.kind, nil, environment: agent.environment)))
        let ended = try supervisor.next { $0.report.state == .idle && $0.report.run == 2 }
        #expect(
            ended.report.ending
                == "could not be started: something that it needs is not installed on this host (5)")
    }

    /// The environment of an action is the API's; a monitor knows its interval.
    @Test func environmentIsTheAPIs() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let seen = supervisor.directory.path + "/seen"
        let agent = try TestAgent(
            in: supervisor.directory, start: "exit 0", stop: "exit 0",
            monitor: "env | sort > '\(seen).new'; mv '\(seen).new' '\(seen)'; exit 190")
        _ = try supervisor.ask(
            .start(supervisor.start(1, agent.kind, nil, environment: agent.environment)))
        try await exists(seen, true)
        let lines = Set(try String(contentsOfFile: seen, encoding: .utf8).split(separator: "\n").map(String.init))
        for line in [
            "OCF_ROOT=\(supervisor.directory.path)/ocf", "OCF_RA_VERSION_MAJOR=1", "OCF_RA_VERSION_MINOR=1",
            "OCF_RESOURCE_INSTANCE=test", "OCF_RESOURCE_PROVIDER=hagen", "OCF_RESOURCE_TYPE=Test",
            "OCF_RESKEY_color=a b", "OCF_CHECK_LEVEL=0", "OCF_RESKEY_CRM_meta_interval=1000",
            "OCF_RESKEY_CRM_meta_timeout=5000", "OCF_RESKEY_CRM_meta_name=monitor", "HA_RSCTMP=/run/resource-agents",
        ] { #expect(lines.contains(line), "\(line) of \(lines.sorted())") }
        // Degraded is still running.
        #expect(try supervisor.ask(.settle(run: 1)).report.state == .running)
    }

    /// A resource that its monitor finds stopped has ended; it is stopped and may be started again.
    @Test func monitorFindsTheEnd() async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let state = supervisor.directory.path + "/state"
        let agent = try TestAgent(
            in: supervisor.directory, start: "touch '\(state)'", stop: "rm -f '\(state)'",
            monitor: "test -e '\(state)' && exit 0; exit 7")
        _ = try supervisor.ask(
            .start(supervisor.start(1, agent.kind, nil, environment: agent.environment)))
        try await exists(state, true)
        unlink(state)
        let ended = try supervisor.next { $0.report.state == .idle }
        #expect(ended.report.ending == "failed: its monitor says not running (7)")
    }

    /// A stop that fails proves nothing: all processes are killed, and as long as the monitor does not say "not running", the
    /// resource is not dead. A stop that hangs is the same.
    @Test(arguments: ["exit 1", "sleep 300"]) func failedStopIsNoDeath(stop: String) async throws {
        let supervisor = try SupervisorProcess()
        try await supervisor.connect()
        let state = supervisor.directory.path + "/state"
        let agent = try TestAgent(
            in: supervisor.directory, start: "touch '\(state)'; (setsid sleep 300 >/dev/null 2>&1 &)", stop: stop,
            monitor: "test -e '\(state)' && exit 0; exit 7")
        _ = try supervisor.ask(
            .start(supervisor.start(1, agent.kind, nil, environment: agent.environment)))
        try await exists(state, true)
        _ = try supervisor.ask(.stop(run: 1))
        try await within(.seconds(10)) {
            while !supervisor.log().contains("is not proved dead: its monitor says success (0)") {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(try supervisor.ask(.settle(run: 1)).report.state == .ending)
        unlink(state)
        _ = try supervisor.next { $0.report.state == .idle }
        #expect(supervisor.marked() == [])
    }

    private func exists(_ path: String, _ isWanted: Bool) async throws {
        try await within(.seconds(10)) {
            while (access(path, F_OK) == 0) != isWanted { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
}

/// An agent of the tests' own, whose actions are shell commands.
private struct TestAgent {
    let kind = FailoverConfiguration.Workload.Kind.resourceAgent(
        .init(name: "ocf:hagen:Test", parameters: ["color": "a b"]))
    let environment: [String: String]

    init(in directory: TemporaryDirectory, start: String, stop: String, monitor: String) throws {
        for folder in ["ocf", "ocf/resource.d", "ocf/resource.d/hagen"] { _ = try directory.folder(folder) }
        let script = """
            #!/bin/sh
            case "$1" in
            start) \(start);;
            stop) \(stop);;
            monitor) \(monitor);;
            meta-data) echo '<action name="monitor" interval="1s" timeout="5s"/><action name="stop" timeout="1s"/>';;
            esac
            """
        let path = try directory.file("ocf/resource.d/hagen/Test", script)
        chmod(path, 0o755)
        environment = ["OCF_ROOT": directory.path + "/ocf"]
    }
}
